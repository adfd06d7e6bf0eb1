// Text in the order of code points, which is that of its bytes in UTF-8. In UTF-16 it is not: surrogates stand before
// U+E000 to U+FFFF, and mean what comes after.

const SURROGATE = 0xd800
const BEYOND_SURROGATES = 0xe000

/** For `sort`. */
export function byCodePoint(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const a = one.charCodeAt(at)
    const b = other.charCodeAt(at)
    if (a === b) continue
    if (a < SURROGATE || b < SURROGATE) return a - b
    return rank(one, at) - rank(other, at)
  }
  return one.length - other.length
}

/** Of a code unit from U+D800 up: half of a pair counts as what the pair means. */
function rank(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit >= BEYOND_SURROGATES) return unit
  const point = text.codePointAt(unit >= 0xdc00 && isPairEnd(text, at) ? at - 1 : at)
  return point ?? unit
}

function isPairEnd(text: string, at: number): boolean {
  const before = at > 0 ? text.charCodeAt(at - 1) : 0
  return before >= SURROGATE && before < 0xdc00
}
