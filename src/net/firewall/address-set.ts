// Which addresses a list of names, addresses and ranges in the world file stands for. Exact addresses
// are looked up in a set, ranges compared by their bytes.

import { familyOf } from '../../core/address.ts'
import { ipBytes } from '../../wire/ip.ts'
import { formatCidr, parseCidr, parseIp, type Cidr } from '../address.ts'
import type { Host, World } from '../world/model.ts'

export interface AddressSet {
  has(ip: string): boolean
  /** Addresses and CIDR ranges of one family, as text. */
  members(family: 4 | 6): readonly string[]
}

/**
 * The addresses behind `words`: names, addresses, ranges. A word that names nothing adds nothing; the
 * world file's reader has refused it before. No words: undefined, which stands for every address.
 */
export function compileAddresses(world: World, words: readonly string[]): AddressSet | undefined {
  if (words.length === 0) return undefined
  const exact = new Set(words.flatMap((word) => addressesOf(world, word)))
  const ranges = words.map(rangeIn).filter((range) => range !== undefined)
  return new CompiledAddresses(exact, ranges)
}

class CompiledAddresses implements AddressSet {
  readonly #exact: ReadonlySet<string>
  readonly #ranges: readonly Cidr[]

  constructor(exact: ReadonlySet<string>, ranges: readonly Cidr[]) {
    this.#exact = exact
    this.#ranges = ranges
  }

  has(ip: string): boolean {
    if (this.#exact.has(ip)) return true
    if (this.#ranges.length === 0) return false
    const bytes = bytesOf(ip)
    return this.#ranges.some((range) => contains(range, bytes))
  }

  members(family: 4 | 6): readonly string[] {
    return [...this.#exact, ...this.#ranges.map(formatCidr)].filter((text) => familyOf(text) === family)
  }
}

/** An IP literal stands for itself, a host's name or alias for its addresses. */
function addressesOf(world: World, word: string): readonly string[] {
  const ip = parseIp(word)
  return ip === undefined ? (hostNamed(world, word)?.addresses ?? []) : [ip]
}

/** By its name or an alias; upper case and a trailing dot do not matter. */
export function hostNamed(world: World, name: string): Host | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  return world.hosts.find((host) => host.name === wanted || host.aliases.includes(wanted))
}

export function hostAt(world: World, ip: string): Host | undefined {
  return world.hosts.find((host) => host.addresses.includes(ip))
}

function rangeIn(word: string): Cidr | undefined {
  return word.includes('/') ? parseCidr(word) : undefined
}

const NOTHING = new Uint8Array(0)
let lastText = ''
let lastBytes = NOTHING

/** Remembers the last address: one decision asks each rule about the same one. */
function bytesOf(ip: string): Uint8Array {
  if (ip !== lastText) [lastText, lastBytes] = [ip, new Uint8Array(ipBytes(ip) ?? NOTHING)]
  return lastBytes
}

/** An address of the other family is in no range. */
function contains({ network, prefixBits }: Cidr, bytes: Uint8Array): boolean {
  if (network.length !== bytes.length) return false
  const whole = prefixBits >>> 3
  for (let at = 0; at < whole; at++) if (network[at] !== bytes[at]) return false
  const rest = prefixBits & 7
  return rest === 0 || (((network[whole] ?? 0) ^ (bytes[whole] ?? 0)) & (0xff00 >> rest) & 0xff) === 0
}
