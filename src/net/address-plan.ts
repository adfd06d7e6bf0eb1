// Gives each host an IPv4 and an IPv6 address from the documentation ranges, in the order of the file, so that
// a host added at the end moves nobody. Hosts that name their addresses keep them.

import { formatIp, ipBytes } from '../wire/ip.ts'

/** Documentation ranges (RFC 5737) for the first two domains and for clients. */
const DOCUMENTATION_RANGES = ['192.0.2.0', '198.51.100.0'] as const
const CLIENT_RANGE = '203.0.113.0'
/** Clients begin here: the numbers below are left for the world's own ends of the links to them. */
const CLIENTS_BEGIN_AT = 10
/**
 * The lower half of the benchmarking range (RFC 2544, 198.18.0.0/15) serves further domains from its beginning and
 * full ranges from its end; its upper half is for unknown names (unknown-names.ts).
 */
const FURTHER_RANGES = 256
/** .1 to .254 of a /24. */
const HOSTS_PER_RANGE = 254

/** One who needs addresses. `block` is the number of its domain, or `clients`. */
export interface Placement {
  readonly block: number | 'clients'
  /** Addresses that the owner named, canonical. */
  readonly named: readonly string[]
}

/** Every placement's addresses in order: the named ones first, then what was given for a family that none of them is of. */
export function planAddresses(placements: readonly Placement[]): string[][] {
  const taken = new Set(placements.flatMap((placement) => placement.named))
  const blocks = new Map<Placement['block'], Block>()
  const overflow = { used: 0 }
  return placements.map((placement) => {
    const block = blocks.get(placement.block) ?? newBlock(placement.block)
    blocks.set(placement.block, block)
    const given = nextFree(block, taken, overflow)
    const missing = given.filter((ip) => !placement.named.some((named) => named.includes(':') === ip.includes(':')))
    return [...placement.named, ...missing]
  })
}

interface Block {
  /** /24s in the order in which they are filled, by their network addresses. */
  readonly ranges: string[]
  /** The second and third group of its 2001:db8:n::/48 (RFC 3849). */
  readonly ipv6Network: number
  readonly beginAt: number
  used: number
}

function newBlock(block: Placement['block']): Block {
  const clients = block === 'clients'
  return {
    ranges: [clients ? CLIENT_RANGE : rangeOfDomain(block)],
    ipv6Network: clients ? 0 : block + 1,
    beginAt: clients ? CLIENTS_BEGIN_AT : 1,
    used: 0,
  }
}

function rangeOfDomain(domain: number): string {
  const further = domain - DOCUMENTATION_RANGES.length
  return DOCUMENTATION_RANGES[domain] ?? `198.18.${further}.0`
}

/** A number is used up even by a host that named its address, so that naming one moves nobody either. */
function nextFree(block: Block, taken: ReadonlySet<string>, overflow: { used: number }): [string, string] {
  for (;;) {
    const place = block.beginAt + block.used
    block.used += 1
    const given: [string, string] = [ipv4At(block, place, overflow), ipv6At(block, place)]
    if (!given.some((ip) => taken.has(ip))) return given
  }
}

function ipv4At(block: Block, place: number, overflow: { used: number }): string {
  const range = Math.floor((place - 1) / HOSTS_PER_RANGE)
  while (block.ranges.length <= range) {
    overflow.used += 1
    block.ranges.push(`198.18.${FURTHER_RANGES - overflow.used}.0`)
  }
  const network = block.ranges[range] ?? ''
  return network.replace(/0$/, String(((place - 1) % HOSTS_PER_RANGE) + 1))
}

function ipv6At(block: Block, place: number): string {
  const network = block.ipv6Network.toString(16)
  return formatIp(ipBytes(`2001:db8:${network}:0:0:0:0:${place.toString(16)}`) ?? new Uint8Array(16))
}
