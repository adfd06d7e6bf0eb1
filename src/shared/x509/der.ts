// Distinguished Encoding Rules (X.690 §10), as far as certificates and keystores need them. Knows
// tags and lengths, nothing of certificates.

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const

/** One value: its tag byte, the bytes inside, and the bytes with tag and length. All are views. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** A value with `tag` around the joined `parts`. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = lengthBytes(length)
  const whole = new Uint8Array(1 + head.length + length)
  whole[0] = tag
  whole.set(head, 1)
  let at = 1 + head.length
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(TAG.sequence, ...parts)
}

/** Context-specific, constructed: `[number] EXPLICIT`. */
export function derExplicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return der(0xa0 | number, ...parts)
}

/** Context-specific, primitive: `[number] IMPLICIT` around what is no sequence. */
export function derImplicit(number: number, content: Uint8Array): Uint8Array {
  return der(0x80 | number, content)
}

/** A non-negative integer from its big-endian bytes. */
export function derUnsigned(bytes: Uint8Array): Uint8Array {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const trimmed = bytes.subarray(from)
  return (trimmed[0] ?? 0) >= 0x80 || trimmed.length === 0
    ? der(TAG.integer, Uint8Array.of(0), trimmed)
    : der(TAG.integer, trimmed)
}

/** `text` in dotted form: `2.5.29.17`. */
export function derObjectIdentifier(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return der(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

export function derBitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(TAG.bitString, Uint8Array.of(unusedBits), bytes)
}

/** The value at the front of `bytes`; undefined when there is no whole one. Lengths are read laxly (BER's definite forms). */
export function decodeDer(bytes: Uint8Array): DerValue | undefined {
  const tag = bytes[0]
  const first = bytes[1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
  const lengthSize = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthSize > 4 || bytes.length < 2 + lengthSize) return undefined
  let length = first < 0x80 ? first : 0
  for (let at = 0; at < lengthSize; at++) length = length * 256 + bytes[2 + at]!
  const start = 2 + lengthSize
  if (bytes.length - start < length) return undefined
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(0, start + length) }
}

/** The values that fill `bytes` exactly; undefined when they do not. */
export function decodeDerList(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = []
  let at = 0
  while (at < bytes.length) {
    const value = decodeDer(bytes.subarray(at))
    if (!value) return undefined
    values.push(value)
    at += value.whole.length
  }
  return values
}

/** The dotted form of an object identifier's content. */
export function formatObjectIdentifier(content: Uint8Array): string {
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(value)
    value = 0
  }
  const head = numbers.shift() ?? 0
  const first = Math.min(2, Math.floor(head / 40))
  return [first, head - first * 40, ...numbers].join('.')
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function base128(number: number): number[] {
  const bytes = [number % 128]
  for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left % 128) | 0x80)
  return bytes
}
