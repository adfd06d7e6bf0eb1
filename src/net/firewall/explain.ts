// Why a flow would be let in or refused: every rule in order with the condition that did not hold, the
// decision, and who listens. Changes nothing and opens nothing.

import { familyOf } from '../../core/address.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import type { AgreedPorts } from '../../core/service.ts'
import { WELL_KNOWN_PORTS } from '../ports/well-known.ts'
import type { FlowDirection, PortRange, ServiceEntry } from '../world/model.ts'
import { parseSource, parseTarget, type AskedPort, type Endpoint } from './endpoint.ts'
import { portMatches, type CompiledRule, type Decision, type FlowRequest, type Gate, type ServicePort } from './gate.ts'

export interface RuleStep {
  /** Index into the world's rules. */
  readonly rule: number
  /** `decides`: first to match. `later`: an earlier rule has decided. */
  readonly outcome: 'decides' | 'passes' | 'later'
  /** Why it matched or not, one clause a condition that was looked at. */
  readonly reasons: readonly string[]
}

export interface Explanation {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly asked: AskedPort
  /** The registry's name for the port, if it has one. */
  readonly service: string | undefined
  readonly request: FlowRequest
  readonly steps: readonly RuleStep[]
  readonly decision: Decision
  /** The service that listens there; undefined: nobody. */
  readonly listener: string | undefined
  /** The service that opens the port in passing, for the one peer that has agreed on it; undefined: none. */
  readonly agreed: (AgreedPorts & { readonly service: string }) | undefined
}

/** `from` and `to` as people type them. Failures: `BAD_ENDPOINT`, `UNKNOWN_HOST`, `UNKNOWN_SERVICE`, `NO_PORT`, `BAD_PORT`, `NO_COMMON_FAMILY`. */
export function explain(gate: Gate, from: string, to: string): Explanation | Failure {
  const source = parseSource(gate.world, from)
  if (isFailure(source)) return source
  const target = parseTarget(gate.world, gate.portsOf, to)
  if (isFailure(target)) return target
  const { end, asked } = target
  const pair = commonFamily(source, end)
  if (pair === undefined) return failure('NO_COMMON_FAMILY', `${from} and ${to} have no address of the same family`)
  const request: FlowRequest = {
    transport: asked.transport,
    from: { ip: pair.from, port: 0 },
    to: { ip: pair.to, port: asked.port },
    direction: directionFrom(source),
  }
  return {
    from: source,
    to: end,
    asked,
    service: asked.service ?? nameOfPort(gate, asked),
    request,
    steps: stepsOf(gate, request),
    decision: gate.decide(request),
    listener: listenerAt(gate, request),
    agreed: agreedAt(gate, request),
  }
}

/** IPv4 first, as the rules of a world name it more often; an explicit address decides by itself. */
function commonFamily(from: Endpoint, to: Endpoint): { readonly from: string; readonly to: string } | undefined {
  for (const ip of from.addresses) {
    const other = to.addresses.find((each) => familyOf(each) === familyOf(ip))
    if (other !== undefined) return { from: ip, to: other }
  }
  return undefined
}

function directionFrom(source: Endpoint): FlowDirection {
  return source.host === undefined || source.host.client ? 'in' : 'out'
}

function agreedAt(gate: Gate, request: FlowRequest): Explanation['agreed'] {
  if (request.transport !== 'tcp' || listenerAt(gate, request) !== undefined) return undefined
  const { port } = request.to
  for (const { service, agreedPorts = [] } of servicesAt(gate, request)) {
    const range = agreedPorts.find(({ from, to }) => from <= port && port <= to)
    if (range !== undefined) return { ...range, service }
  }
  return undefined
}

function servicesAt({ world }: Gate, { to }: FlowRequest): readonly ServiceEntry[] {
  return world.hosts.find((host) => host.addresses.includes(to.ip))?.services ?? []
}

function listenerAt(gate: Gate, request: FlowRequest): string | undefined {
  const { to, transport } = request
  return servicesAt(gate, request).find(({ ports }) =>
    ports.some((each) => each.transport === transport && each.port === to.port),
  )?.service
}

/** The world's own word for a port, or the one that people use. */
function nameOfPort({ world }: Gate, { port, transport }: ServicePort): string | undefined {
  const own = world.ports.find((one) => one.port === port && (one.transport ?? transport) === transport)
  return own?.name ?? WELL_KNOWN_PORTS.find((one) => one.port === port && one.transports.includes(transport))?.name
}

function stepsOf(gate: Gate, request: FlowRequest): readonly RuleStep[] {
  let decided = false
  return gate.rules.map((compiled) => {
    if (decided) return { rule: compiled.index, outcome: 'later', reasons: [] }
    const unmet = unmetConditions(compiled, request)
    if (unmet.length > 0) return { rule: compiled.index, outcome: 'passes', reasons: unmet }
    decided = true
    return { rule: compiled.index, outcome: 'decides', reasons: metConditions(compiled) }
  })
}

function unmetConditions(compiled: CompiledRule, request: FlowRequest): readonly string[] {
  const { rule } = compiled
  const unmet: string[] = []
  if (rule.direction !== undefined && rule.direction !== request.direction) {
    unmet.push(`it is for flows ${directionText(rule.direction)}, this one is ${directionText(request.direction)}`)
  }
  if (rule.transport !== undefined && rule.transport !== request.transport) {
    unmet.push(`it is for ${rule.transport.toUpperCase()}, this is ${request.transport.toUpperCase()}`)
  }
  if (compiled.ports !== undefined && !portMatches(compiled.ports, request)) {
    unmet.push(`${request.to.port}/${request.transport} is not among ${portsText(compiled)}`)
  }
  if (compiled.hosts?.has(request.to.ip) === false) unmet.push(`${request.to.ip} is not ${listText(rule.hosts)}`)
  if (compiled.sources?.has(request.from.ip) === false) {
    unmet.push(`${request.from.ip} is not from ${listText(rule.sources)}`)
  }
  return unmet
}

function metConditions({ rule, ...compiled }: CompiledRule): readonly string[] {
  const met: string[] = []
  if (rule.direction !== undefined) met.push(`flows ${directionText(rule.direction)}`)
  if (rule.transport !== undefined) met.push(rule.transport.toUpperCase())
  if (compiled.ports !== undefined) met.push(`ports ${portsText({ rule, ...compiled })}`)
  if (compiled.hosts !== undefined) met.push(`to ${listText(rule.hosts)}`)
  if (compiled.sources !== undefined) met.push(`from ${listText(rule.sources)}`)
  return met.length === 0 ? ['it matches everything'] : met
}

/** The world's words: services by name, then ports. */
function portsText({ rule }: CompiledRule): string {
  return listText([...rule.services, ...rule.ports.map(formatRange)])
}

function formatRange({ from, to }: PortRange): string {
  return from === to ? String(from) : `${from}-${to}`
}

function directionText(direction: FlowDirection): string {
  return direction === 'in' ? 'from clients' : "from the world's own hosts"
}

function listText(words: readonly string[]): string {
  return words.join(', ')
}
