// Columns that a character takes on a terminal, after the blocks of Unicode that are wide or combine (UAX #11).

const COMBINING = /\p{Mn}|\p{Me}|\u200d/u
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u

export function widthOf(chars: readonly string[]): number {
  let width = 0
  for (const char of chars) width += char < '\u0300' ? 1 : COMBINING.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}
