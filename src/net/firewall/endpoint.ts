// Reads what people type for an end of a flow: `laptop`, `mail.harbor.test:imap`, `[2001:db8::1]:443/udp`.

import type { Transport } from '../../core/address.ts'
import { didYouMean } from '../../core/closest.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { parseIp } from '../address.ts'
import { WELL_KNOWN_NAMES } from '../ports/well-known.ts'
import type { Host, World } from '../world/model.ts'
import { hostAt, hostNamed } from './address-set.ts'
import type { PortsOf, ServicePort } from './gate.ts'

export interface Endpoint {
  readonly text: string
  /** Undefined for an address where no host lives. */
  readonly host: Host | undefined
  /** Every address meant: all of a host's, or the one that was given. */
  readonly addresses: readonly string[]
}

export interface AskedPort extends ServicePort {
  /** The word by which it was asked for, where it was a word: `imap`. */
  readonly service?: string
}

interface Parts {
  readonly place: string
  readonly port: string | undefined
  readonly transport: Transport | undefined
}

/** A host, an alias or an address; a port behind it is ignored, since a source's port decides nothing. */
export function parseSource(world: World, text: string): Endpoint | Failure {
  const parts = parseParts(text)
  return isFailure(parts) ? parts : placed(world, text, parts.place)
}

/** A place and the port that is asked for there, by number or by a service's name; TCP unless it says otherwise. */
export function parseTarget(
  world: World,
  portsOf: PortsOf,
  text: string,
): { readonly end: Endpoint; readonly asked: AskedPort } | Failure {
  const parts = parseParts(text)
  if (isFailure(parts)) return parts
  const end = placed(world, text, parts.place)
  if (isFailure(end)) return end
  const asked = askedPort(world, portsOf, parts)
  return isFailure(asked) ? asked : { end, asked }
}

/** RFC 3986 §3.2.2 puts IPv6 addresses in brackets; without a port they may stand bare. */
function parseParts(text: string): Parts | Failure {
  const match = /^(?:\[([^\]]*)\]|([^:/[\]]+)|([^/[\]]*:[^/[\]]*:[^/[\]]*))(?::([^:/]+))?(?:\/(tcp|udp))?$/i.exec(text)
  if (match === null)
    return failure('BAD_ENDPOINT', `cannot read ${text}: write it like mail.harbor.test:25/udp or [2001:db8::1]:443`)
  const [, bracketed, plain, bare, port, transport] = match
  const lower = transport?.toLowerCase()
  return {
    place: bracketed ?? plain ?? bare ?? '',
    port,
    transport: lower === 'tcp' || lower === 'udp' ? lower : undefined,
  }
}

function placed(world: World, text: string, place: string): Endpoint | Failure {
  const ip = parseIp(place)
  if (ip !== undefined) return { text, host: hostAt(world, ip), addresses: [ip] }
  const host = hostNamed(world, place)
  if (host !== undefined) return { text, host, addresses: host.addresses }
  const names = world.hosts.flatMap((each) => [each.name, ...each.aliases])
  return failure('UNKNOWN_HOST', `no host is called ${place}${didYouMean(place.toLowerCase(), names)}`)
}

function askedPort(world: World, portsOf: PortsOf, { place, port, transport }: Parts): AskedPort | Failure {
  if (port === undefined) return failure('NO_PORT', `say which port of ${place}, like ${place}:25 or ${place}:imap`)
  if (/^\d+$/.test(port)) {
    const number = Number(port)
    if (number > 65_535) return failure('BAD_PORT', `${port} is no port: they go from 0 to 65535`)
    return { transport: transport ?? 'tcp', port: number }
  }
  const named = portsOf(port.toLowerCase())
  const found = named.find((each) => transport === undefined || each.transport === transport)
  if (found !== undefined) return { ...found, service: port.toLowerCase() }
  const over = transport === undefined || named.length === 0 ? '' : ` over ${transport}`
  const names = [...WELL_KNOWN_NAMES, ...world.ports.map((own) => own.name)]
  const meant = named.length > 0 ? '' : didYouMean(port.toLowerCase(), names)
  return failure('UNKNOWN_SERVICE', `no service is called ${port}${over}${meant}`)
}
