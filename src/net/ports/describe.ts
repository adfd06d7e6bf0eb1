// All that is known of a port: registry, plain words, who serves it in a world, who holds it on this machine.

import type { Transport } from '../../core/address.ts'
import { formatHolder, type PortHolders } from '../../host/port-holders.ts'
import type { World } from '../world/model.ts'
import { rangeOf, type Assignment, type Range, type Registry } from './registry.ts'

/** A host of the world that opens the port. */
export interface PortServer {
  readonly host: string
  readonly addresses: readonly string[]
  readonly service: string
  readonly transport: Transport
  readonly tls: boolean
}

export interface PortDescription {
  readonly port: number
  readonly range: Range
  readonly assignments: readonly Assignment[]
  /** What it is for, in plain words; missing for ports that only IANA's table knows. */
  readonly purpose?: string
  readonly risk?: string
  readonly seeAlso: readonly { readonly port: number; readonly name: string }[]
  readonly servedBy: readonly PortServer[]
  readonly heldBy: PortHolders
}

/** Plain values throughout: `JSON.stringify` gives what `portolan port --json` prints. */
export type PortResult =
  | { readonly kind: 'ports'; readonly query: string; readonly ports: readonly PortDescription[] }
  | { readonly kind: 'unknown-port'; readonly query: string; readonly message: string }

/** Looks at this machine; `portHolders` of host/ is one. */
export type HoldersOf = (port: number) => Promise<PortHolders>

/** A name can stand for this many ports at most in one answer. */
const PORTS_SHOWN_MAX = 8

/** `query` is a number, a name or an alias, with `/tcp` or `/udp` behind it or not. */
export async function describePort(
  query: string,
  world: World,
  registry: Registry,
  holdersOf: HoldersOf,
): Promise<PortResult> {
  const [word = '', suffix, ...rest] = query.trim().split('/')
  const transport = suffix === 'tcp' || suffix === 'udp' ? suffix : undefined
  const ports = rest.length > 0 || (suffix !== undefined && !transport) ? [] : portsIn(word, registry)
  if (ports.length === 0) return { kind: 'unknown-port', query, message: whyUnknown(word, suffix, registry) }
  const shown = ports.slice(0, PORTS_SHOWN_MAX)
  const descriptions = shown.map(async (port) => describe(port, transport, world, registry, await holdersOf(port)))
  return { kind: 'ports', query, ports: await Promise.all(descriptions) }
}

function portsIn(word: string, registry: Registry): readonly number[] {
  if (!/^\d+$/.test(word)) return registry.portsNamed(word)
  return Number(word) <= 65_535 ? [Number(word)] : []
}

function whyUnknown(word: string, suffix: string | undefined, registry: Registry): string {
  if (/^\d+$/.test(word) && Number(word) > 65_535) return `${word} is no port: they go from 0 to 65535`
  if (suffix !== undefined && suffix !== 'tcp' && suffix !== 'udp') return `ports belong to tcp or udp, not "${suffix}"`
  const close = registry.closestName(word)
  return `no port is called "${word}"${close === undefined ? '' : `; did you mean "${close}"?`}`
}

function describe(
  port: number,
  transport: Transport | undefined,
  world: World,
  registry: Registry,
  heldBy: PortHolders,
): PortDescription {
  const wanted = (one: { readonly transport: Transport }): boolean =>
    transport === undefined || one.transport === transport
  const known = registry.wellKnown(port)
  const spoken = known && (transport === undefined || known.transports.includes(transport)) ? known : undefined
  const assignments = registry.assignmentsOf(port).filter(wanted)
  return {
    port,
    range: rangeOf(port),
    assignments,
    ...(spoken && !assignments.some((one) => one.from === 'world') && { purpose: spoken.purpose }),
    ...(spoken?.risk !== undefined && { risk: spoken.risk }),
    seeAlso: (known?.related ?? []).map((other) => ({ port: other, name: nameOf(other, registry) })),
    servedBy: serversOf(port, world).filter(wanted),
    heldBy: heldBy.kind === 'holders' ? { kind: 'holders', holders: heldBy.holders.filter(wanted) } : heldBy,
  }
}

function nameOf(port: number, registry: Registry): string {
  return registry.wellKnown(port)?.name ?? registry.assignmentsOf(port)[0]?.name ?? ''
}

function serversOf(port: number, world: World): PortServer[] {
  return world.hosts.flatMap(({ name, addresses, services }) =>
    services.flatMap((entry) =>
      entry.ports
        .filter((served) => served.port === port)
        .map(({ transport, tls }) => ({
          host: name,
          addresses,
          service: entry.service,
          transport,
          tls: tls === 'implicit',
        })),
    ),
  )
}

const RANGES: Readonly<Record<Range, string>> = {
  system: 'system (0-1023): assigned by IANA with care; opening one needs privileges on most systems',
  user: 'user (1024-49151): assigned by IANA to whoever asks; any user may open one',
  dynamic: 'dynamic (49152-65535): assigned to nobody; systems use them for outgoing connections',
}

/** For people: a paragraph for each port, without colours, not ending in a newline. */
export function formatPort(result: PortResult): string {
  return result.kind === 'unknown-port' ? result.message : result.ports.map(formatDescription).join('\n\n')
}

function formatDescription(port: PortDescription): string {
  return [`port ${port.port}`, ...rowsOf(port).flatMap(([label, lines]) => labelled(label, lines))].join('\n')
}

function rowsOf(port: PortDescription): (readonly [string, readonly string[]])[] {
  return [
    ['range', [RANGES[port.range]]],
    ['assigned', port.assignments.length > 0 ? port.assignments.map(formatAssignment) : ['to nobody']],
    ['for', port.purpose === undefined ? [] : [port.purpose]],
    ['risk', port.risk === undefined ? [] : [port.risk]],
    [
      'see also',
      port.seeAlso.length === 0 ? [] : [port.seeAlso.map((other) => `${other.port} ${other.name}`.trim()).join(', ')],
    ],
    ['in this world', port.servedBy.length > 0 ? port.servedBy.map(formatServer) : ['nobody serves it']],
    ['here and now', holderLines(port.heldBy)],
  ]
}

const LABEL_WIDTH = 15

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
}

function formatAssignment({ transport, name, description, from }: Assignment): string {
  const what = name === '' ? description.toLowerCase() : description === '' ? name : `${name} (${description})`
  return `${transport}: ${what}, by ${from === 'world' ? 'this world' : 'IANA'}`
}

function formatServer({ host, addresses, service, transport, tls }: PortServer): string {
  return `${host} serves ${service} over ${transport}${tls ? ' with TLS' : ''} at ${addresses.join(', ')}`
}

function holderLines(heldBy: PortHolders): readonly string[] {
  if (heldBy.kind === 'unavailable') return [heldBy.reason]
  return heldBy.holders.length > 0 ? heldBy.holders.map(formatHolder) : ['no process of this machine holds it']
}
