// The world's end of the private plane, from inside its namespaces: addresses, routes, and one veth
// pair for each client. Everything goes through `ip -batch`, one process a call.

import { existsSync, writeFileSync } from 'node:fs'
import { familyOf } from '../../core/address.ts'
import { isFailure, type Failure } from '../../core/failure.ts'
import { runTool } from './tool.ts'

/** The gateway's link addresses; outside every range that a world gives to hosts (RFC 3927, RFC 4291 §2.5.6). */
export const GATEWAY_IPV4 = '169.254.77.1'
export const GATEWAY_IPV6 = 'fe80::1'
/** The client's end of the pair, as programs inside see it. */
const CLIENT_INTERFACE = 'eth0'

/** A kernel booted without IPv6 serves the world's IPv4 half. */
const hasIpv6 = existsSync('/proc/sys/net/ipv6')

export interface ClientLink {
  /** The world's end of the pair: `c1`. */
  readonly name: string
  readonly addresses: readonly string[]
  /** A process in the client's network namespace. */
  readonly pid: number
}

/** Brings up loopback and the gateway. With `anyAddress` every address is local, so that the firewall and the catch-all see it. */
export async function setUpWorldSide(anyAddress: boolean): Promise<string | Failure> {
  writeSysctl('/proc/sys/net/ipv4/ip_nonlocal_bind', '1')
  writeSysctl('/proc/sys/net/ipv6/ip_nonlocal_bind', '1')
  writeSysctl('/proc/sys/net/ipv4/ip_forward', anyAddress ? '0' : '1')
  writeSysctl('/proc/sys/net/core/somaxconn', '4096')
  const first = ip(['link set lo up', `addr add ${GATEWAY_IPV4}/32 dev lo`, ...(anyAddress ? ANY_ADDRESS : [])])
  const [done, ipv6] = await Promise.all([first, anyAddress && hasIpv6 ? ip(ANY_ADDRESS_IPV6, '-6') : ''])
  return isFailure(done) ? done : ipv6
}

/** Without extra IPv4 rules: with one, the kernel stops merging its tables and answers no longer find the client. */
const ANY_ADDRESS = [`route add local 0.0.0.0/0 dev lo src ${GATEWAY_IPV4}`]
const ANY_ADDRESS_IPV6 = [
  'link set lo up',
  'route add local ::/0 dev lo table 100',
  'rule add priority 40000 lookup 100',
]

/** Gives the world's end the addresses of its hosts. */
export function addHostAddresses(addresses: readonly string[]): Promise<string | Failure> {
  return ip(addresses.map(hostAddressLine))
}

function hostAddressLine(address: string): string {
  return familyOf(address) === 4 ? `addr add ${address}/32 dev lo` : `addr add ${address}/128 dev lo nodad`
}

/** Joins the world to a client's network namespace by a veth pair. */
export function addClientLink(link: ClientLink): Promise<string | Failure> {
  const lines = [
    `link add ${link.name} type veth peer name ${CLIENT_INTERFACE} netns ${link.pid}`,
    `addr add ${GATEWAY_IPV6}/64 dev ${link.name} nodad`,
    `link set ${link.name} up`,
    ...link.addresses.map((address) =>
      familyOf(address) === 4
        ? `route add ${address}/32 dev ${link.name} src ${GATEWAY_IPV4}`
        : `route add ${address}/128 dev ${link.name}`,
    ),
  ]
  return ip(lines)
}

/** What `ip -batch` must be fed inside the client's network namespace, once its end of the pair is there. */
export function clientSideBatch(addresses: readonly string[]): string {
  const lines = ['link set lo up', `link set ${CLIENT_INTERFACE} up`]
  for (const address of addresses) {
    lines.push(
      familyOf(address) === 4
        ? `addr add ${address}/32 dev ${CLIENT_INTERFACE}`
        : `addr add ${address}/128 dev ${CLIENT_INTERFACE} nodad`,
    )
  }
  lines.push(
    `route add ${GATEWAY_IPV4} dev ${CLIENT_INTERFACE}`,
    `route add 0.0.0.0/0 via ${GATEWAY_IPV4} dev ${CLIENT_INTERFACE}`,
  )
  lines.push(`route add ::/0 via ${GATEWAY_IPV6} dev ${CLIENT_INTERFACE}`)
  return batch(lines)
}

function ip(lines: readonly string[], ...flags: readonly string[]): Promise<string | Failure> {
  return runTool('ip', [...flags, '-batch', '-'], batch(lines))
}

function batch(lines: readonly string[]): string {
  const wanted = hasIpv6 ? lines : lines.filter((line) => !line.includes(':'))
  return wanted.join('\n') + '\n'
}

/** Best effort: a kernel without the setting has no need of it. */
function writeSysctl(path: string, value: string): void {
  try {
    writeFileSync(path, value)
  } catch {
    return
  }
}
