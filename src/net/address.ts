// IP addresses and ranges as the world file and the firewall write them. Which host gets which is in address-plan.ts.

import { unmapped } from '../core/address.ts'
import { formatIp, ipBytes } from '../wire/ip.ts'

/** A range of addresses of one family. `network` has zeros behind its first `prefixBits`. */
export interface Cidr {
  readonly network: Uint8Array
  readonly prefixBits: number
}

/** Canonical text (RFC 5952, mapped addresses without their `::ffff:`), or undefined. Strict: `010.1.1.1`, `1` and zone ids are no addresses. */
export function parseIp(text: string): string | undefined {
  const bytes = ipBytes(text)
  if (!bytes) return undefined
  const mapped = bytes.length === 16 && bytes.subarray(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff))
  return mapped ? formatIp(bytes.subarray(12)) : unmapped(formatIp(bytes))
}

/** `192.0.2.0/24`, `2001:db8::/32`, or a single address as the range of itself. Bits behind the prefix are ignored. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  const bytes = ipBytes(parseIp(slash < 0 ? text : text.slice(0, slash)) ?? '')
  if (!bytes) return undefined
  if (slash < 0) return { network: bytes, prefixBits: bytes.length * 8 }
  const prefix = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bytes.length * 8) return undefined
  return { network: masked(bytes, Number(prefix)), prefixBits: Number(prefix) }
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr.network)}/${cidr.prefixBits}`
}

/** Whether `ip`, an address in text form, lies in the range. An address of the other family does not. */
export function cidrContains(cidr: Cidr, ip: string): boolean {
  const bytes = ipBytes(unmapped(ip))
  if (!bytes || bytes.length !== cidr.network.length) return false
  return masked(bytes, cidr.prefixBits).every((byte, at) => byte === cidr.network[at])
}

function masked(bytes: Uint8Array, prefixBits: number): Uint8Array {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixBits - at * 8))))
}

/** Ranges that no host of a world can live in, by their registries' words (RFC 6890). */
const UNUSABLE: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'means "this network" and is no address of a host'],
  ['127.0.0.0/8', 'is loopback: every machine takes it for itself'],
  ['169.254.0.0/16', 'is link-local and means nothing beyond one link'],
  ['224.0.0.0/4', 'is multicast: it names a group, not a host'],
  ['240.0.0.0/4', 'is reserved: systems refuse to send to it'],
  ['::/128', 'is the unspecified address, no address of a host'],
  ['::1/128', 'is loopback: every machine takes it for itself'],
  ['fe80::/10', 'is link-local and means nothing beyond one link'],
  ['ff00::/8', 'is multicast: it names a group, not a host'],
]

/** Why a host cannot have this address, as the end of a sentence that begins with it; undefined if it can. */
export function whyUnusable(ip: string): string | undefined {
  return UNUSABLE.find(([range]) => cidrContains(cidrOf(range), ip))?.[1]
}

/** The range that `text` writes. Throws when it is none: for constants. */
export function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text)
  if (!cidr) throw new Error(`no range of addresses: ${text}`)
  return cidr
}

/** The name under which an address is looked up: `10.2.0.192.in-addr.arpa` (RFC 1035 §3.5), nibbles under `ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(ip: string): string {
  return `${reverseLabels(ip).toReversed().join('.')}.${ip.includes(':') ? 'ip6.arpa' : 'in-addr.arpa'}`
}

/** The reverse zone of the /24 or /48 around an address. */
export function reverseZoneName(ip: string): string {
  const labels = reverseLabels(ip).slice(0, ip.includes(':') ? 48 / 4 : 24 / 8)
  return `${labels.toReversed().join('.')}.${ip.includes(':') ? 'ip6.arpa' : 'in-addr.arpa'}`
}

function reverseLabels(ip: string): string[] {
  const bytes = ipBytes(ip)
  if (!bytes) throw new Error(`no IP address: ${ip}`)
  if (bytes.length === 4) return Array.from(bytes, String)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).flatMap((pair) => pair.split(''))
}
