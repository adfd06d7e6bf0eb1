// Mailbox names on the wire: modified UTF-7 for those who have not enabled IMAP4rev2 (RFC 3501 §5.1.3), UTF-8 for those
// who have. Text on the wire is one character an octet.

const DIRECT = /^[\x20-\x25\x27-\x7e]*$/
const ENCODED = /&([^-]*)-/g
const BASE64 = /^[A-Za-z0-9+,]+$/

/** From modified UTF-7; `undefined` where it is none: not the one way in which a name is written. */
export function decodeUtf7(text: string): string | undefined {
  if (DIRECT.test(text)) return text
  const decoded = decodeRuns(text)
  return decoded !== undefined && encodeUtf7(decoded) === text ? decoded : undefined
}

export function encodeUtf7(name: string): string {
  if (DIRECT.test(name)) return name
  return name.replaceAll(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${base64Of(run)}-`))
}

/** Octets, one a character, from UTF-8; `undefined` where they are none. */
export function decodeUtf8(text: string): string | undefined {
  if (isAscii(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  return encodeUtf8(decoded) === text ? decoded : undefined
}

/** One character an octet. */
export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 126) return false
  return true
}

function decodeRuns(text: string): string | undefined {
  let decoded = ''
  let at = 0
  for (const match of text.matchAll(ENCODED)) {
    const run = match[1] ?? ''
    decoded += text.slice(at, match.index)
    at = match.index + match[0].length
    if (run !== '' && !BASE64.test(run)) return undefined
    decoded += run === '' ? '&' : utf16Of(run)
  }
  const rest = text.slice(at)
  return DIRECT.test(rest) ? decoded + rest : undefined
}

function utf16Of(run: string): string {
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64')
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le')
}

function base64Of(run: string): string {
  return Buffer.from(run, 'utf16le').swap16().toString('base64').replaceAll('/', ',').replaceAll('=', '')
}
