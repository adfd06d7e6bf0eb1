// Bytes and text as HTTP sees them: ISO 8859-1 both ways, so that no byte is lost.

/** Each byte as the character of the same number. (TextDecoder's latin1 is windows-1252 and would not do.) */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.prototype.toString.call(bytes, 'latin1', from, to)
}

export function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** `1234567` as `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
