// The firewall and the faults of a world file: what they match, and what they do.

import type { Service } from '../../core/service.ts'
import { formatCidr, parseCidr, parseIp } from '../address.ts'
import { WELL_KNOWN_NAMES } from '../ports/well-known.ts'
import { RULES_MAX } from './limits.ts'
import type { Fault, FaultEffect, Firewall, FirewallRule, Host, PortAssignment, PortRange } from './model.ts'
import type { Path, Problems } from './problems.ts'
import {
  faultShape,
  firewallShape,
  looseMatchShape,
  matchShape,
  ruleShape,
  type FaultShape,
  type MatchShape,
  type PortsShape,
} from './schema.ts'

/** What rules may refer to. `names` leads from every name and alias to its host, also of hosts that are wrong. */
export interface Referents {
  readonly names: ReadonlyMap<string, string>
  /** Of Portolan's services, of the well-known ports, and of the world's own. */
  readonly services: ReadonlySet<string>
}

export function referentsOf(
  hosts: readonly Host[],
  keys: readonly string[],
  services: readonly Service[],
  ports: readonly PortAssignment[],
): Referents {
  const names = new Map([...keys.map((key) => [key.toLowerCase(), key.toLowerCase()] as const), ...namesOfHosts(hosts)])
  return { names, services: new Set([...[...services, ...ports].map((one) => one.name), ...WELL_KNOWN_NAMES]) }
}

/** From every name and alias to its host. */
export function namesOfHosts(hosts: readonly Host[]): ReadonlyMap<string, string> {
  return new Map(hosts.flatMap((host) => [host.name, ...host.aliases].map((name) => [name, host.name] as const)))
}

export function resolveFirewall(input: unknown, referents: Referents, problems: Problems): Firewall {
  const shape = problems.take(['firewall'], firewallShape, input ?? {})
  const listed = shape?.rules ?? []
  if (listed.length > RULES_MAX) problems.add(['firewall', 'rules'], `a firewall has at most ${RULES_MAX} rules`)
  const rules = listed
    .slice(0, RULES_MAX)
    .flatMap((rule, at) => ruleOf(rule, ['firewall', 'rules', at], referents, problems) ?? [])
  return { default: shape?.default ?? 'allow', rules }
}

function ruleOf(input: unknown, path: Path, referents: Referents, problems: Problems): FirewallRule | undefined {
  const shape = problems.take(path, ruleShape, input)
  const action = ACTIONS.find((action) => shape !== undefined && action in shape)
  if (!shape || !action) return undefined
  const match = problems.take<MatchShape>([...path, action], matchShape, shape[action] ?? {}, looseMatchShape)
  return match && { action, ...matchOf(match, [...path, action], referents, problems) }
}

const ACTIONS = ['allow', 'reject', 'drop'] as const

function matchOf(
  match: MatchShape,
  path: Path,
  referents: Referents,
  problems: Problems,
): Omit<FirewallRule, 'action'> {
  return {
    sources: sourcesIn(match.from, [...path, 'from'], referents, problems),
    hosts: hostsIn(match.to, [...path, 'to'], referents, problems),
    services: servicesIn(match.service, [...path, 'service'], referents, problems),
    ports: portsIn(match.port, [...path, 'port'], problems),
    ...(match.transport && { transport: match.transport }),
    ...(match.direction && { direction: match.direction }),
    because: match.because ?? '',
  }
}

export function resolveFaults(input: readonly unknown[], referents: Referents, problems: Problems): Fault[] {
  if (input.length > RULES_MAX) problems.add(['faults'], `a world has at most ${RULES_MAX} faults`)
  return input.slice(0, RULES_MAX).flatMap((fault, at) => {
    const shape = problems.take(['faults', at], faultShape, fault)
    if (!shape) return []
    if (!EFFECTS.some(([key]) => isObject(fault) && key in fault)) problems.add(['faults', at], NO_EFFECT)
    return [faultOf(shape, ['faults', at], referents, problems)]
  })
}

function faultOf(shape: FaultShape, path: Path, referents: Referents, problems: Problems): Fault {
  const effect = effectOf(shape)
  refuseIdleParts(shape, effect, path, problems)
  return {
    hosts: hostsIn(shape.host, [...path, 'host'], referents, problems),
    peers: sourcesIn(shape.peer, [...path, 'peer'], referents, problems),
    ports: portsIn(shape.port, [...path, 'port'], problems),
    ...(shape.transport && { transport: shape.transport }),
    effect,
  }
}

/** Keys of the file and of the model, and the transport that an effect is bound to. */
const EFFECTS = [
  ['delay', 'delayMs', undefined],
  ['delay-in', 'delayInMs', undefined],
  ['delay-out', 'delayOutMs', undefined],
  ['jitter', 'jitterMs', undefined],
  ['throttle', 'throttleBytesPerSecond', undefined],
  ['stall-after', 'stallAfterBytes', 'tcp'],
  ['reset-after', 'resetAfterBytes', 'tcp'],
  ['chance', 'resetChance', 'tcp'],
  ['loss', 'lossChance', 'udp'],
  ['duplicate', 'duplicateChance', 'udp'],
  ['reorder', 'reorderChance', 'udp'],
] as const satisfies readonly (readonly [keyof FaultShape, keyof FaultEffect, 'tcp' | 'udp' | undefined])[]

function effectOf(shape: FaultShape): FaultEffect {
  const effect: { -readonly [Key in keyof FaultEffect]: FaultEffect[Key] } = {}
  for (const [key, name] of EFFECTS) {
    const value = shape[key]
    if (value !== undefined) effect[name] = value
  }
  return effect
}

const NO_EFFECT = `a fault does something: expected one of ${EFFECTS.map(([key]) => key).join(', ')}`

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Parts of a fault that can do nothing are a mistake of its owner. */
function refuseIdleParts(shape: FaultShape, effect: FaultEffect, path: Path, problems: Problems): void {
  if (effect.resetChance !== undefined && effect.resetAfterBytes === undefined) {
    problems.add([...path, 'chance'], 'chance says how often reset-after strikes, and there is none', 'key')
  }
  for (const [key, , transport] of EFFECTS) {
    if (shape[key] === undefined || transport === undefined || (shape.transport ?? transport) === transport) continue
    problems.add([...path, key], `${key} works on ${transport} only, and this fault is for ${shape.transport}`, 'key')
  }
}

type OneOrMore<T> = T | readonly T[] | undefined

/** Each member of a value or list of values with its own path. */
function members<T extends string | number>(value: OneOrMore<T>, path: Path): (readonly [T, Path])[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value.map((one, at) => [one, [...path, at]]) : [[value, path]]
}

function hostsIn(value: OneOrMore<string>, path: Path, referents: Referents, problems: Problems): string[] {
  return members(value, path).flatMap(([word, where]) => hostIn(word, where, referents, problems) ?? [])
}

function hostIn(word: string, path: Path, referents: Referents, problems: Problems): string | undefined {
  const host = referents.names.get(word.toLowerCase().replace(/\.$/, ''))
  if (host === undefined)
    problems.add(path, `unknown host "${word}"${problems.suggestion(word, referents.names.keys())}`)
  return host
}

function sourcesIn(value: OneOrMore<string>, path: Path, referents: Referents, problems: Problems): string[] {
  return members(value, path).flatMap(([word, where]) => {
    const ip = parseIp(word)
    if (ip !== undefined) return [ip]
    const cidr = parseCidr(word)
    if (cidr) return [formatCidr(cidr)]
    if (!/^[\d.:/]+$|\/|:/.test(word)) return hostIn(word, where, referents, problems) ?? []
    problems.add(
      where,
      `"${word}" is neither an address nor a range: expected 192.0.2.10, 192.0.2.0/24 or 2001:db8::/32`,
    )
    return []
  })
}

/** Whether a word names a host, an address or a range. */
export function isSource(word: string, referents: Referents): boolean {
  return parseIp(word) !== undefined || parseCidr(word) !== undefined || referents.names.has(word.toLowerCase())
}

function servicesIn(value: OneOrMore<string>, path: Path, referents: Referents, problems: Problems): string[] {
  return members(value, path).flatMap(([name, where]) => {
    if (referents.services.has(name)) return [name]
    problems.add(where, `unknown service "${name}"${problems.suggestion(name, referents.services)}`)
    return []
  })
}

function portsIn(value: OneOrMore<PortsShape>, path: Path, problems: Problems): PortRange[] {
  return members(value, path).flatMap(([text, where]) => {
    const [from = 0, to = from] = String(text).split('-').map(Number)
    if (from <= to && to <= 65_535) return [{ from, to }]
    problems.add(where, `a range of ports goes up, from 0 to 65535 at most; got ${text}`)
    return []
  })
}
