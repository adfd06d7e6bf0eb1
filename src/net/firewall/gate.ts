// The gate: the world's firewall rules, compiled once, asked for each flow. First match decides.

import type { Address, Transport } from '../../core/address.ts'
import type { Verdict } from '../../core/flow.ts'
import type { FirewallRule, FlowDirection, PortRange, World } from '../world/model.ts'
import { compileAddresses, type AddressSet } from './address-set.ts'

/** What the port registry knows of a service by its name: `smtp` is 25/tcp. Empty for a name it lacks. */
export type PortsOf = (service: string) => readonly ServicePort[]

export interface ServicePort {
  readonly transport: Transport
  readonly port: number
}

export interface FlowRequest {
  readonly transport: Transport
  readonly from: Address
  readonly to: Address
  readonly direction: FlowDirection
}

export interface Decision {
  readonly verdict: Verdict
  /** Index into the world's rules; undefined when the default decided. */
  readonly rule?: number
  /** The conversation that agreed on the flow, by the number of its flow; the rules were not asked. */
  readonly agreedIn?: number
  /** The rule's reason, as its author gave it. */
  readonly because: string
  /** Where in the world file the decision stands. */
  readonly path: readonly (string | number)[]
}

/** Ports of one transport, or of both when `transport` is undefined. */
export interface PortMatch extends PortRange {
  readonly transport: Transport | undefined
}

/** One rule with its names resolved. An undefined part matches everything. */
export interface CompiledRule {
  readonly index: number
  readonly rule: FirewallRule
  readonly sources: AddressSet | undefined
  readonly hosts: AddressSet | undefined
  readonly ports: readonly PortMatch[] | undefined
  readonly decision: Decision
}

export interface Gate {
  readonly world: World
  readonly portsOf: PortsOf
  readonly rules: readonly CompiledRule[]
  readonly default: Decision
  decide(request: FlowRequest): Decision
}

export function compileGate(world: World, portsOf: PortsOf): Gate {
  const rules = world.firewall.rules.map((rule, index) => compileRule(world, portsOf, rule, index))
  const byDefault: Decision = {
    verdict: world.firewall.default,
    because: 'no rule matches; this is the default',
    path: ['firewall', 'default'],
  }
  return {
    world,
    portsOf,
    rules,
    default: byDefault,
    decide: rules.length === 0 ? () => byDefault : (request) => firstMatch(rules, request) ?? byDefault,
  }
}

function matches(compiled: CompiledRule, request: FlowRequest): boolean {
  const { rule } = compiled
  return (
    (rule.direction === undefined || rule.direction === request.direction) &&
    (rule.transport === undefined || rule.transport === request.transport) &&
    (compiled.ports === undefined || portMatches(compiled.ports, request)) &&
    (compiled.hosts === undefined || compiled.hosts.has(request.to.ip)) &&
    (compiled.sources === undefined || compiled.sources.has(request.from.ip))
  )
}

export function portMatches(ports: readonly PortMatch[], request: FlowRequest): boolean {
  const { port } = request.to
  return ports.some(
    (match) =>
      port >= match.from &&
      port <= match.to &&
      (match.transport === undefined || match.transport === request.transport),
  )
}

function firstMatch(rules: readonly CompiledRule[], request: FlowRequest): Decision | undefined {
  for (const compiled of rules) if (matches(compiled, request)) return compiled.decision
  return undefined
}

function compileRule(world: World, portsOf: PortsOf, rule: FirewallRule, index: number): CompiledRule {
  return {
    index,
    rule,
    sources: compileAddresses(world, rule.sources),
    hosts: compileAddresses(world, rule.hosts),
    ports: compilePorts(portsOf, rule),
    decision: { verdict: rule.action, rule: index, because: rule.because, path: ['firewall', 'rules', index] },
  }
}

/** Services and ports of one rule add up: `services: [smtp]` with `ports: [2525]` means both. */
function compilePorts(portsOf: PortsOf, rule: FirewallRule): readonly PortMatch[] | undefined {
  if (rule.ports.length === 0 && rule.services.length === 0) return undefined
  const named = rule.services.flatMap((service) =>
    portsOf(service).map(({ transport, port }) => ({ transport, from: port, to: port })),
  )
  return [...rule.ports.map(({ from, to }) => ({ transport: undefined, from, to })), ...named]
}
