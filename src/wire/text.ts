// Bytes as text, and as Node's Buffer functions want them. Nothing is copied but into strings.

/** One character for each octet, of the same number. (TextDecoder's latin1 is windows-1252.) */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.prototype.toString.call(bytes, 'latin1', start, end)
}

/** What is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.prototype.toString.call(bytes, 'utf8')
}

/** The same bytes, not a copy. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
