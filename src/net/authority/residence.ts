// Which names live at an address, and so what a server there may call itself. Issues nothing.

import type { Host, World } from '../world/model.ts'
import { nameCovers, rangeCovers, type NameConstraints } from '../../shared/x509/index.ts'
import { ipBytes } from '../../wire/ip.ts'

/** RFC 1035 §2.3.4 for the lengths; letters, digits, hyphen and underscore, as clients send them. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/

/**
 * Hosts get their addresses from these, so a new one needs no new authority: documentation ranges (RFC 5737, RFC 3849), and
 * on the host plane a part of loopback.
 */
const USUAL_RANGES = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '127.80.0.0/16']

/**
 * The names for the certificate of a TLS server at `ip` that is asked for `serverName`: the host's name, its aliases
 * and its addresses. Undefined when that name does not live there. Without a name, or with an address in its place,
 * the host at that address answers for itself. In a catch-all world every name and every address has a certificate.
 */
export function namesFor(world: World, ip: string, serverName: string | undefined): readonly string[] | undefined {
  const name = serverName?.toLowerCase().replace(/\.$/, '')
  const asked = name === undefined || name === '' || ipBytes(name) ? undefined : name
  const hosts = world.hosts.filter((host) => host.addresses.includes(ip))
  const host =
    asked === undefined ? hosts[0] : hosts.find((host) => host.name === asked || host.aliases.includes(asked))
  if (host) return namesOf(host)
  if (!world.catchAll) return undefined
  if (asked === undefined) return [ip]
  return HOST_NAME.test(asked) ? [asked, ip] : undefined
}

/** What the authority of `world` must be able to certify: its domains, host names outside of them, and its addresses. */
export function territoryOf(world: World): NameConstraints {
  const domains = world.domains.map((domain) => domain.name).filter((name) => name !== '')
  const names = world.hosts.flatMap((host) => [host.name, ...host.aliases])
  const strays = names.filter((name) => !domains.some((domain) => nameCovers(domain, name)))
  const ranges = world.hosts.flatMap((host) => host.addresses).map(rangeOf)
  return { names: [...new Set([...domains, ...strays])], ranges: [...new Set(ranges)] }
}

function rangeOf(ip: string): string {
  return USUAL_RANGES.find((range) => rangeCovers(range, ip)) ?? `${ip}/${ip.includes(':') ? 128 : 32}`
}

function namesOf(host: Host): readonly string[] {
  return [host.name, ...host.aliases, ...host.addresses]
}
