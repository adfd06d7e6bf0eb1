// Bytes and text as HTTP sees them: ISO 8859-1 both ways, so that no byte is lost.

export function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** `1234567` as `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
