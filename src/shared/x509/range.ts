// CIDR ranges in the form that name constraints hold them: address, then mask (RFC 5280 §4.2.1.10).

import { formatIp, ipBytes } from '../../wire/ip.ts'

/** 8 or 32 bytes, host bits cleared; undefined when `cidr` is no range. An address alone is a range of one. */
export function rangeBytes(cidr: string): Uint8Array | undefined {
  const [ip = '', prefixText, ...rest] = cidr.split('/')
  const address = ipBytes(ip)
  if (!address || rest.length > 0) return undefined
  const bits = prefixText === undefined ? address.length * 8 : Number(prefixText)
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined
  if (bits > address.length * 8) return undefined
  const mask = maskBytes(address.length, bits)
  return Uint8Array.from([...address.map((byte, at) => byte & mask[at]!), ...mask])
}

/** The CIDR text of what `rangeBytes` made; undefined for a mask with holes. */
export function formatRange(bytes: Uint8Array): string | undefined {
  const half = bytes.length / 2
  if (half !== 4 && half !== 16) return undefined
  const mask = bytes.subarray(half)
  const bits = mask.reduce((sum, byte) => sum + popCount(byte), 0)
  const expected = maskBytes(half, bits)
  return mask.every((byte, at) => byte === expected[at]) ? `${formatIp(bytes.subarray(0, half))}/${bits}` : undefined
}

/** Whether every address of `inner` lies in `outer` (both CIDR or an address). */
export function rangeCovers(outer: string, inner: string): boolean {
  const wide = rangeBytes(outer)
  const narrow = rangeBytes(inner)
  if (!wide || !narrow || wide.length !== narrow.length) return false
  const half = wide.length / 2
  return wide
    .subarray(half)
    .every((mask, at) => (narrow[half + at]! & mask) === mask && (narrow[at]! & mask) === wide[at])
}

/** Whether `name` is `tree` or lies under it; both in lower case. */
export function nameCovers(tree: string, name: string): boolean {
  return name === tree || name.endsWith(`.${tree}`)
}

function maskBytes(length: number, bits: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => {
    const own = Math.min(8, Math.max(0, bits - at * 8))
    return (0xff00 >>> own) & 0xff
  })
}

function popCount(byte: number): number {
  let count = 0
  for (let left = byte; left > 0; left >>>= 1) count += left & 1
  return count
}
