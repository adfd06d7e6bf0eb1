// The checksum of IP, TCP, UDP and ICMP (RFC 1071).

/** Adds the 16-bit words of `bytes` to `sum`; an odd last byte counts as if a zero followed it. */
export function addWords(sum: number, bytes: Uint8Array, from = 0, end = bytes.length): number {
  let total = sum
  let at = from
  for (; at + 1 < end; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!
  if (at < end) total += bytes[at]! << 8
  return total
}

/** Folds a sum of words to 16 bits and complements it. */
export function checksumOf(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x1_0000) + Math.floor(folded / 0x1_0000)
  return ~folded & 0xffff
}
