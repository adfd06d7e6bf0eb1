import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeWords } from './words.ts'

const READ: readonly (readonly [raw: string, text: string])[] = [
  ['', ''],
  ['plain', 'plain'],
  ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
  ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
  [
    '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
    'If you can read this you understand the example.',
  ],
  ['(=?ISO-8859-1?Q?a?=)', '(a)'],
  ['(=?ISO-8859-1?Q?a?= b)', '(a b)'],
  ['(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['(=?ISO-8859-1?Q?a?=\r\n  =?ISO-8859-1?Q?_b?=)', '(a b)'],
  ['=?utf-8?B?w7w=?=', 'ü'],
  ['=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=', 'ü'],
  ['=?utf-8*de?Q?=C3=BC?=', 'ü'],
  ['=?x-nothing?Q?=C3=BC?=', 'ü'],
  ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ['=?utf-8?Q?abc', '=?utf-8?Q?abc'],
  ['=?utf-8?Q??=', ''],
  ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['gr\xc3\xbc\xc3\x9fe', 'grüße'],
  ['gr\xfc\xdfe =?utf-8?Q?x?=', 'grüße x'],
]

test('encoded words', () => {
  for (const [raw, text] of READ) assert.equal(decodeWords(raw), text, raw)
})
