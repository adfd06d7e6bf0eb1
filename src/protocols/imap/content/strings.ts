// Strings as IMAP writes them (RFC 9051 §4.3). Text is Latin-1: one character for each octet.

/** What a quoted string may hold besides what it escapes: octets 1 to 127, no line ends. */
// oxlint-disable-next-line no-control-regex -- the octets that may stand in quotes
const QUOTABLE = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/
/** U+FFFD in UTF-8: stands where a NUL was, which no string may hold. */
const NO_NUL = '\xef\xbf\xbd'

/** A quoted string, or a literal where that cannot be. */
export function formatString(text: string): string {
  if (QUOTABLE.test(text)) return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`
  const whole = text.replaceAll('\0', NO_NUL)
  return `{${whole.length}}\r\n${whole}`
}

export function formatNstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : formatString(text)
}
