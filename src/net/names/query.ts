// Questions that commands ask of the names of a running world: of its resolver, as a program would, or step by step from the root.

import { isConfigError, isFailure } from '../../core/failure.ts'
import type { Io } from '../../core/io.ts'
import type { Gatekeeper, Plane } from '../../core/plane.ts'
import type { WorldView } from '../../core/world-view.ts'
import { resolverConfig } from '../../protocols/resolver/index.ts'
import { trace, type Trace, type TraceResult, type TraceStep } from '../../protocols/resolver/trace/index.ts'
import { openResolver } from '../../shared/dns/client.ts'
import { foldName, formatName, parseName } from '../../shared/dns/codec/name.ts'
import { formatRdata } from '../../shared/dns/codec/rdata.ts'
import { describe, describeQuestion } from '../../shared/dns/describe.ts'
import {
  CLASS,
  rcodeName,
  typeName,
  typeNumber,
  type Message,
  type Question,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'
import { resolverAddresses } from '../implied-hosts.ts'
import type { Host, World } from '../world/model.ts'
import type { NameQuery, QueryStep, QueryView, RecordView } from './view.ts'

export interface Asking {
  readonly world: World
  readonly plane: Plane
  readonly gatekeeper: Gatekeeper
  viewFor(host: Host): WorldView
}

interface Refusal {
  readonly refused: string
}

const SERVICE = 'resolver'
const DNS_PORT = 53

export async function queryNames(asking: Asking, { name, type, traced }: NameQuery): Promise<QueryView | Refusal> {
  const parsed = parseName(name)
  const number = typeNumber(type)
  if (typeof parsed !== 'string') return { refused: `"${name}" is no name: ${parsed.reason}` }
  if (number === undefined) return { refused: `"${type}" is no record type` }
  const host = asking.world.hosts.find((one) => one.services.some(({ service }) => service === SERVICE))
  if (host === undefined) return { refused: 'this world has no resolver' }
  const question = { name: foldName(parsed), type: number, class: CLASS.IN }
  return traced ? walk(asking, host, question) : ask(asking, host, question)
}

function ask({ world, plane, gatekeeper }: Asking, host: Host, question: Question): Promise<QueryView | Refusal> {
  const { promise, resolve } = Promise.withResolvers<QueryView | Refusal>()
  const io = plane.serviceIo(SERVICE, host.addresses, gatekeeper, () => undefined)
  const servers = resolverAddresses(world).map((ip) => ({ ip, port: DNS_PORT }))
  openResolver(io, { servers, authenticData: true }, (stub) => {
    if (isFailure(stub)) return resolve({ refused: stub.message })
    stub.resolve(formatName(question.name), question.type, (message) =>
      resolve(isFailure(message) ? { refused: message.message } : viewOf(message)),
    )
  })
  return promise
}

function viewOf({ rcode, authenticData, answers }: Message): QueryView {
  return { rcode: rcodeName(rcode), secure: authenticData, answers: answers.map(recordView), steps: [] }
}

function walk({ plane, gatekeeper, viewFor }: Asking, host: Host, question: Question): Promise<QueryView | Refusal> {
  const { promise, resolve } = Promise.withResolvers<QueryView | Refusal>()
  const entry = host.services.find(({ service }) => service === SERVICE)
  const options = resolverConfig.parse(undefined)
  if (isConfigError(options) || entry === undefined) throw new Error('a resolver without settings is wrong')
  let running: Trace | undefined
  const io: Io = plane.serviceIo(SERVICE, host.addresses, gatekeeper, (timer) => running?.woke(timer))
  const steps: QueryStep[] = []
  running = trace(
    io,
    viewFor(host),
    question,
    { ...options, ...settingsOf(entry.config) },
    (step) => void steps.push(stepView(step)),
    (result) => resolve(tracedView(result, steps)),
  )
  return promise
}

/** What the service read from the world file. */
function settingsOf(config: unknown): object {
  return typeof config === 'object' && config !== null ? config : {}
}

function stepView(step: TraceStep): QueryStep {
  const { zone, server, ip, over, question, rttMs, outcome, message } = step
  const asked = describeQuestion({ ...question, name: foldName(question.name) })
  const summary = message === undefined ? step.summary : describe(folded(message))
  return { zone: formatName(zone), server: formatName(server), ip, over, asked, rttMs, outcome, summary }
}

/** Names in lower case: resolvers mix it, so that answers are hard to guess. */
function folded(message: Message): Message {
  return { ...message, questions: message.questions.map(named), authorities: message.authorities.map(named) }
}

function named<Named extends { readonly name: string }>(one: Named): Named {
  return { ...one, name: foldName(one.name) }
}

function tracedView({ rcode, secure, error, links, outcome }: TraceResult, steps: readonly QueryStep[]): QueryView {
  const answers = outcome.links.flatMap(({ sets }) =>
    sets.flatMap(({ name, type, ttlSeconds, data }) =>
      data.map((one) => recordView({ name, type, class: CLASS.IN, ttlSeconds, data: one })),
    ),
  )
  const judged = links.map(({ name, type, security }) => `${formatName(name)} ${typeName(type)}: ${security}`)
  return {
    rcode: rcodeName(rcode),
    secure,
    answers,
    steps,
    judged,
    ...(error === undefined ? {} : { error: error.text }),
  }
}

function recordView({ name, type, ttlSeconds, data }: ResourceRecord): RecordView {
  return { name: formatName(name), ttl: ttlSeconds, type: typeName(type), data: formatRdata(type, data) }
}
