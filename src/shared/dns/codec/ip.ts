// IP addresses between text and bytes: dotted IPv4 without shorthands, IPv6 as RFC 4291 §2.2 reads and
// RFC 5952 writes, and the names of the reverse tree (RFC 1035 §3.5, RFC 3596 §2.5).

import type { DomainName } from '../messages.ts'

/** 4 bytes, or undefined for what is no dotted quad (leading zeros included). */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined
  }
  return Uint8Array.from(parts, Number)
}

export function formatIpv4(bytes: Uint8Array): string {
  return bytes.join('.')
}

/** 16 bytes, or undefined. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  const head = groupsOf(halves[0] ?? '', halves.length === 1)
  const tail = groupsOf(halves[1] ?? '', true)
  if (halves.length > 2 || head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.from([...head, ...Array.from({ length: missing }, () => 0), ...tail])
}

function groupsOf(text: string, last: boolean): readonly number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const quad = last && index === groups.length - 1 ? parseIpv4(group) : undefined
    if (quad !== undefined) bytes.push(...quad)
    else if (/^[\da-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return bytes
}

/** RFC 5952 §4: lower case, the longest run of two or more zero groups as `::`. */
export function formatIpv6(bytes: Uint8Array): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255) {
    return `::ffff:${formatIpv4(bytes.subarray(12, 16))}`
  }
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16))
  const run = longestZeroRun(groups)
  if (run.length < 2) return groups.join(':')
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === '0') length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}

/** The bytes of either family, or undefined. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** The address that a whole reverse name stands for, in canonical text; undefined for any other name. `name` is folded. */
export function addressOfReverseName(name: DomainName): string | undefined {
  if (name.endsWith('.in-addr.arpa')) {
    const bytes = parseIpv4(name.slice(0, -13).split('.').toReversed().join('.'))
    return bytes && formatIpv4(bytes)
  }
  const nibbles = /^((?:[\da-f]\.){32})ip6\.arpa$/.exec(name)?.[1]?.replaceAll('.', '')
  if (nibbles === undefined) return undefined
  const digits = [...nibbles].toReversed().join('')
  return formatIpv6(Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16)))
}

/** `1.2.0.192.in-addr.arpa` for 192.0.2.1; undefined for what is no address. */
export function reverseNameOf(ip: string): DomainName | undefined {
  const bytes = parseIp(ip)
  if (bytes === undefined) return undefined
  if (bytes.length === 4) return `${[...bytes].toReversed().join('.')}.in-addr.arpa`
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]).toReversed()
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`
}
