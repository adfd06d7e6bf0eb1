// IP addresses between text and bytes. Ranges and their meaning are elsewhere.

/** 4 or 16 bytes for an address in text form; undefined for anything else. Leading zeros are refused (`010.1.1.1`). */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

/** Canonical text of 4 or 16 bytes (RFC 5952 §4). */
export function formatIp(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes)
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(isOctet)) return undefined
  return Uint8Array.from(parts, Number)
}

function isOctet(part: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] ?? '')
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  return Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255]))
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const quad = last.includes('.') ? ipv4Bytes(last) : undefined
  if (last.includes('.') && !quad) return undefined
  const hex = quad ? parts.slice(0, -1) : parts
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined
  const groups = hex.map((part) => Number.parseInt(part, 16))
  return quad ? [...groups, (quad[0]! << 8) | quad[1]!, (quad[2]! << 8) | quad[3]!] : groups
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[at * 2]! << 8) | bytes[at * 2 + 1]!)
  const run = longestZeroRun(groups)
  return run.length < 2
    ? hexGroups(groups)
    : `${hexGroups(groups.slice(0, run.start))}::${hexGroups(groups.slice(run.start + run.length))}`
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  groups.forEach((group, at) => {
    if (group !== 0) start = at + 1
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start }
  })
  return best
}
