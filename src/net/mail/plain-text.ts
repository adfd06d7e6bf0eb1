// What a mail says, made fit for a terminal: a sender must not move its cursor, colour it, or turn its lines around.

/** Tabs and line ends stay; all other controls, direction marks and halves of characters go. */
const UNFIT = /(?![\t\n])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu

/** Lines end in LF alone. */
export function plainText(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n').replaceAll(UNFIT, '')
}

/** The same on one line, cut to `maxCharacters`. */
export function plainLine(text: string, maxCharacters: number): string {
  const line = plainText(text).replaceAll(/\s+/g, ' ').trim()
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line
}

/** JSON escapes the oldest controls itself; what else a terminal may act on is escaped here. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
