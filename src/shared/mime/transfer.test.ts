import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latin1 } from '../../wire/text.ts'
import { decodeTransfer } from './transfer.ts'

const READ: readonly (readonly [encoding: string | undefined, encoded: string, content: string])[] = [
  [undefined, 'as it is\r\n', 'as it is\r\n'],
  ['8BIT', '\xff', '\xff'],
  ['base64', 'aGVsbG8=', 'hello'],
  ['Base64', 'aGVs\r\nbG8=\r\n', 'hello'],
  ['base64', 'a G!V*s\tbG8', 'hello'],
  ['base64', 'aGVsbG8=aGVsbG8=', 'hellohello'],
  ['base64', 'aGVsbA==\r\naGVsbG8=\r\n', 'hellhello'],
  ['base64', '', ''],
  ['base64', '====', ''],
  ['quoted-printable', 'a=3Db=C3=BC', 'a=b\xc3\xbc'],
  ['quoted-printable', 'soft=\r\nbreak= \t\r\nand=\nbare', 'softbreakandbare'],
  ['quoted-printable', 'blanks  \t\r\nkept=20\r\n', 'blanks\r\nkept \r\n'],
  ['quoted-printable', 'kept =\r\n\r\n', 'kept \r\n'],
  ['quoted-printable', 'lower=c3=bc', 'lower\xc3\xbc'],
  ['quoted-printable', 'broken=zz=4', 'broken=zz=4'],
  ['quoted-printable', 'end=', 'end'],
  ['quoted-printable', 'cr\rin a line  \r', 'cr\rin a line  \r'],
  ['x-uuencode', 'begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nmore', 'Cat'],
  ['uuencode', '%:&5L;&\\\n`\nend\n', 'hello'],
]

test('encodings undone, broken ones too', () => {
  for (const [encoding, encoded, content] of READ) {
    const found = decodeTransfer(Buffer.from(encoded, 'latin1'), encoding)
    assert.equal(found && latin1(found), content, encoded)
  }
})

test('an encoding that nobody knows', () => {
  assert.equal(decodeTransfer(Buffer.from('x'), 'x-rot13'), undefined)
})

test('quoted-printable of every octet', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet))
  const encoded = [...all].map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  assert.deepEqual(Buffer.from(decodeTransfer(Buffer.from(encoded), 'quoted-printable') ?? []), all)
})
