import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMessage } from './parse-message.ts'
import { fileNameOf, leavesOf, textOf } from './text.ts'

const MAIL = Buffer.from(
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n' +
    'Content-Transfer-Encoding: quoted-printable\r\n\r\ngr=FC=DFe\r\n--b\r\nContent-Type: text/plain; charset=utf-16le; name="=?utf-8?Q?=C3=BC?="\r\n' +
    'Content-Transfer-Encoding: base64\r\n\r\naABpAA==\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nin\r\n--b\r\n' +
    "Content-Disposition: attachment; filename*=utf-8''%E2%82%AC; filename=e\r\nContent-Transfer-Encoding: x-odd\r\n\r\nraw\r\n--b--",
  'latin1',
)
const leaves = [...leavesOf(parseMessage(MAIL))]

test('leaves as text', () => {
  assert.deepEqual(
    leaves.map((leaf) => textOf(MAIL, leaf)),
    ['grüße', 'hi', 'in', 'raw'],
  )
})

test('names of files', () => {
  assert.deepEqual(leaves.map(fileNameOf), [undefined, 'ü', undefined, '€'])
})
