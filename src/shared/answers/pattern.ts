// Who a rule means: one address, all of a domain, everyone; and the peers behind a name, an address or a range.

import { ipBytes } from '../../wire/ip.ts'

/** Text that fits some values. */
export type Pattern = (value: string) => boolean

const everyone: Pattern = () => true

/**
 * `alice@harbor.test`, `*@harbor.test`, `*`, or `<>` for the null reverse-path (RFC 5321 §4.5.5); upper and lower case are
 * the same. `undefined`: none of these.
 */
export function parsePattern(text: string): Pattern | undefined {
  const wanted = text.toLowerCase()
  if (wanted === '*') return everyone
  if (wanted === '<>') return (value) => value === ''
  if (wanted === '') return undefined
  const domain = wanted.startsWith('*@') ? wanted.slice(1) : undefined
  if ((domain ?? wanted).includes('*') || domain === '@') return undefined
  if (domain === undefined) return (value) => value.toLowerCase() === wanted
  return (value) => value.toLowerCase().endsWith(domain)
}

/** The other side of a connection. */
export interface Peer {
  /** Canonical text. */
  readonly ip: string
  /** The host's name in the world, in lower case, if it has one. */
  readonly name?: string | undefined
}

export type PeerPattern = (peer: Peer) => boolean

const HOST_NAME = /^(?=.*[a-z])[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

/** A host's name, an address, a range (`10.0.0.0/8`) or `*`. `undefined`: none of these. */
export function parsePeerPattern(text: string): PeerPattern | undefined {
  if (text === '*') return everyPeer
  const wanted = text.toLowerCase().replace(/\.$/, '')
  const [network = '', prefix, more] = wanted.split('/')
  const bytes = more === undefined ? ipBytes(network) : undefined
  if (bytes !== undefined) return inRange(bytes, prefix ?? String(bytes.length * 8))
  return HOST_NAME.test(wanted) ? ({ name }) => name === wanted : undefined
}

const everyPeer: PeerPattern = () => true

function inRange(network: Uint8Array, prefix: string): PeerPattern | undefined {
  const bits = /^(0|[1-9]\d{0,2})$/.test(prefix) ? Number(prefix) : Infinity
  if (bits > network.length * 8) return undefined
  return ({ ip }) => {
    const bytes = ipBytes(ip)
    return bytes !== undefined && bytes.length === network.length && sharesBits(network, bytes, bits)
  }
}

function sharesBits(one: Uint8Array, other: Uint8Array, bits: number): boolean {
  const whole = bits >>> 3
  for (let at = 0; at < whole; at++) if (one[at] !== other[at]) return false
  const mask = (0xff00 >> (bits & 7)) & 0xff
  return (((one[whole] ?? 0) ^ (other[whole] ?? 0)) & mask) === 0
}
