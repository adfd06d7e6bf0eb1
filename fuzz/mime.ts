// Broken mail against the readers of MIME and of what stands in headers.

import {
  decodeWords,
  fieldsOf,
  fieldValue,
  fileNameOf,
  leavesOf,
  parseAddresses,
  parseDate,
  parseMessage,
  parseMessageIds,
  textOf,
  type Part,
} from '../src/shared/mime/index.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

const SAMPLES = [
  'From: "Q. \\"x\\"" <@a,@b:"l l"@d> (c), G: a@b, <c@d>;\r\nDate: Fri, 21 Nov 97 09(c):55:06 -0600\r\nSubject: =?utf-8?Q?=C3?= =?utf-8?B?vA==?=\r\nReferences: <"a"@b> <c@[1.2.3.4]>\r\n\r\nbody\r\n',
  'Content-Type: multipart/mixed; boundary="b"\r\n\r\npre\r\n--b\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+AGE-\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nin\r\n--b--\r\nepi',
  "Content-Type: multipart/digest; boundary*0=b; boundary*1*=''%62\r\n\r\n--bb\r\n\r\nA: b\r\n\r\nx\r\n--bb\nContent-Transfer-Encoding: base64\nContent-Disposition: a; filename*=utf-8''%E2%82\n\n\nYQ==YQ==\n--bb--",
  'Content-Type: text/plain; charset="iso-2022-jp"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=1B$B=\r\n=3D=zz \t\r\n',
  'Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n#0V%T\r\n`\r\nend\r\n',
]
const WORDS = [
  '\r\n',
  '\n',
  '--b',
  '--b--',
  '\r\n--bb\r\n',
  '<',
  '>',
  '(',
  '"',
  '\\',
  '@',
  ':',
  ';',
  '=?',
  '?=',
  '\xa0',
  '\0',
  '*0*=',
  '=',
  '+',
]

export const mime: Target = {
  name: 'mime',
  about: 'mail against the readers of MIME and of headers',
  start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: WORDS }, seed)
    return { next: () => mutations.next(), attempt }
  },
}

function attempt(bytes: Uint8Array): void {
  const root = parseMessage(bytes)
  assertInside(root, 0, bytes.length)
  for (const leaf of leavesOf(root)) {
    textOf(bytes, leaf)
    fileNameOf(leaf)
  }
  for (const field of fieldsOf(bytes, root)) {
    const value = fieldValue(bytes, field)
    decodeWords(value)
    parseAddresses(value)
    parseMessageIds(value)
    const date = parseDate(value)
    if (date !== undefined && Number.isNaN(date.ms)) throw new Error('a date that is no moment')
  }
}

function assertInside(part: Part, start: number, end: number): void {
  const offsets = [start, part.headerStart, part.bodyStart, part.bodyEnd, end]
  if (offsets.some((offset, index) => offset < (offsets[index - 1] ?? 0)))
    throw new Error(`a part out of place: ${offsets.join()}`)
  let at = part.bodyStart
  for (const child of part.children) {
    assertInside(child, at, part.bodyEnd)
    at = child.bodyEnd
  }
}
