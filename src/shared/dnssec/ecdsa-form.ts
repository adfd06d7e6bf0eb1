// The two forms of an ECDSA signature: both numbers side by side, as DNSSEC has them (RFC 6605 §4), and in DER (RFC 3279 §2.2.3), as
// OpenSSL does. Node converts too, but takes as long for it as for the signature.

const SEQUENCE = 0x30
const INTEGER = 0x02

/** Of a DER signature by a curve of `size` octets, no longer than 64. */
export function rawSignature(der: Uint8Array, size: number): Uint8Array {
  const raw = new Uint8Array(2 * size)
  const middle = placeNumber(der, 2, raw, size)
  placeNumber(der, middle, raw, 2 * size)
  return raw
}

/** Puts the number at `at` so that it ends at `end`; gives the place behind it. */
function placeNumber(der: Uint8Array, at: number, raw: Uint8Array, end: number): number {
  const length = der[at + 1] ?? 0
  let from = at + 2
  const behind = from + length
  while (from < behind && der[from] === 0) from += 1
  raw.set(der.subarray(from, behind), end - (behind - from))
  return behind
}

/** Of two numbers of the same length, up to 60 octets each. */
export function derSignature(raw: Uint8Array): Uint8Array {
  const size = raw.length / 2
  const numbers = [derNumber(raw.subarray(0, size)), derNumber(raw.subarray(size))]
  return Buffer.concat([
    Buffer.of(
      SEQUENCE,
      numbers.reduce((sum, each) => sum + each.length, 0),
    ),
    ...numbers,
  ])
}

/** Without needless zeros, and with one where it would look negative. */
function derNumber(digits: Uint8Array): Uint8Array {
  let from = 0
  while (from < digits.length - 1 && digits[from] === 0) from += 1
  const needed = digits.subarray(from)
  const sign = (needed[0] ?? 0) >= 0x80 ? [0] : []
  return Buffer.concat([Buffer.of(INTEGER, needed.length + sign.length, ...sign), needed])
}
