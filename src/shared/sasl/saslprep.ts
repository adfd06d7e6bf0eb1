// SASLprep (RFC 4013, a profile of RFC 3454): names and passwords that look alike become alike. Newer than its text in
// two ways: characters assigned after Unicode 3.2 are let through, and normal forms are those of today's Unicode.

const PLAIN_ASCII = /^[\x20-\x7e]+$/
/** RFC 3454, table C.1.2; becomes a space. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu
/** RFC 3454, table B.1; becomes nothing. */
const MAPPED_TO_NOTHING = new RegExp(
  [
    '\\u00ad',
    '\\u034f',
    '\\u1806',
    '[\\u180b-\\u180d]',
    '[\\u200c\\u200d]',
    '\\u2060',
    '[\\ufe00-\\ufe0f]',
    '\\ufeff',
  ].join('|'),
  'gu',
)
/** RFC 3454, tables C.2.1 to C.9, by code points from and to. */
const PROHIBITED = ranges([
  [0x0, 0x1f],
  [0x7f, 0x9f],
  [0x6dd],
  [0x70f],
  [0x180e],
  [0x200c, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2063],
  [0x206a, 0x206f],
  [0xfeff],
  [0xfff9, 0xffff],
  [0x1d173, 0x1d17a], // C.2
  [0xe000, 0xf8ff],
  [0xf0000, 0x10ffff], // C.3
  [0xfdd0, 0xfdef],
  ...planeEnds(), // C.4
  [0xd800, 0xdfff], // C.5
  [0x2ff0, 0x2ffb], // C.7
  [0x340, 0x341], // C.8
  [0xe0001],
  [0xe0020, 0xe007f], // C.9
])
/** RFC 3454, table D.1: read from right to left. */
const RIGHT_TO_LEFT = ranges([
  [0x5be],
  [0x5c0],
  [0x5c3],
  [0x5d0, 0x5ea],
  [0x5f0, 0x5f4],
  [0x61b],
  [0x61f],
  [0x621, 0x63a],
  [0x640, 0x64a],
  [0x66d, 0x66f],
  [0x671, 0x6d5],
  [0x6dd],
  [0x6e5, 0x6e6],
  [0x6fa, 0x6fe],
  [0x700, 0x70d],
  [0x710],
  [0x712, 0x72c],
  [0x780, 0x7a5],
  [0x7b1],
  [0x200f],
  [0xfb1d],
  [0xfb1f, 0xfb28],
  [0xfb2a, 0xfb36],
  [0xfb38, 0xfb3c],
  [0xfb3e],
  [0xfb40, 0xfb41],
  [0xfb43, 0xfb44],
  [0xfb46, 0xfbb1],
  [0xfbd3, 0xfd3d],
  [0xfd50, 0xfd8f],
  [0xfd92, 0xfdc7],
  [0xfdf0, 0xfdfc],
  [0xfe70, 0xfe74],
  [0xfe76, 0xfefc],
])
/** Stands for table D.2, read from left to right: letters and spacing marks, those of D.1 apart. */
const LETTER = /[\p{L}\p{Mc}]/u

/** The prepared text, or `undefined` when nothing is left of it or it holds what is prohibited. */
export function saslPrep(text: string): string | undefined {
  if (PLAIN_ASCII.test(text)) return text
  const prepared = text.replace(SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC')
  if (prepared === '' || PROHIBITED.test(prepared) || !keepsDirection(prepared)) return undefined
  return prepared
}

/** RFC 3454 §6: text from right to left begins and ends so, and has none from left to right. */
function keepsDirection(text: string): boolean {
  if (!RIGHT_TO_LEFT.test(text)) return true
  const characters = [...text]
  const isRightToLeft = (character: string | undefined) => character !== undefined && RIGHT_TO_LEFT.test(character)
  if (!isRightToLeft(characters[0]) || !isRightToLeft(characters.at(-1))) return false
  return characters.every((character) => isRightToLeft(character) || !LETTER.test(character))
}

type Range = readonly [from: number, to?: number]

function ranges(given: readonly Range[]): RegExp {
  return new RegExp(`[${given.map(([from, to = from]) => `${hex(from)}-${hex(to)}`).join('')}]`, 'u')
}

function hex(point: number): string {
  return `\\u{${point.toString(16)}}`
}

/** The two code points at the end of each plane, which are no characters. */
function planeEnds(): Range[] {
  return Array.from({ length: 17 }, (_, plane): Range => [plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff])
}
