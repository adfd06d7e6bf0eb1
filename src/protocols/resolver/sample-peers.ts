// Name servers for this folder's tests: each answers by a script, a small zone or anything odd.

import type { Address } from '../../core/address.ts'
import type { DatagramIo, StreamIo } from '../../core/io.ts'
import type { Gatekeeper, Plane } from '../../core/plane.ts'
import { isFailure } from '../../core/failure.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { foldName, isWithin, parentOf } from '../../shared/dns/codec/name.ts'
import { parseRdata } from '../../shared/dns/codec/rdata.ts'
import { framed, takeFramed } from '../../shared/dns/framing.ts'
import {
  CLASS,
  RCODE,
  TYPE,
  isMalformed,
  typeName,
  typeNumber,
  type Message,
  type Question,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'

export interface SampleQuery {
  readonly question: Question
  readonly over: 'udp' | 'tcp'
  readonly message: Message
  /** How many questions came before this one. */
  readonly count: number
}

/** What an answer changes of the plain one (no error, no records); nothing: silence; a list: several packets; bytes: as they are. */
export type SampleAnswer = Partial<Message> | Uint8Array | readonly (Partial<Message> | Uint8Array)[] | undefined
export type Script = (query: SampleQuery) => SampleAnswer

export interface SampleServer {
  /** `www.harbor.test A` for each question, `over tcp` behind it where it was. */
  readonly asked: string[]
  readonly queries: SampleQuery[]
  /** Where questions came from. */
  readonly from: Address[]
}

/** Serves on UDP and TCP of `ip`. */
export async function sampleServer(
  plane: Plane,
  gate: Gatekeeper,
  ip: string,
  script: Script,
  port = 53,
): Promise<SampleServer> {
  const server: SampleServer = { asked: [], queries: [], from: [] }
  const answer = (bytes: Uint8Array, over: 'udp' | 'tcp', from: Address): Uint8Array[] => {
    const message = decodeMessage(new Uint8Array(bytes))
    const question = isMalformed(message) ? undefined : message.questions[0]
    if (isMalformed(message) || question === undefined) return []
    const query = { question, over, message, count: server.queries.length }
    server.asked.push(
      `${foldName(question.name) || '.'} ${typeName(question.type)}${over === 'tcp' ? ' over tcp' : ''}`,
    )
    server.queries.push(query)
    server.from.push(from)
    return packetsOf(script(query), message)
  }
  const options = { at: { ip, port }, service: 'sample' }
  const udp = await plane.listenDatagram(
    { transport: 'udp', port, open: (io) => udpMachine(io, answer) },
    options,
    gate,
  )
  const tcp = await plane.listenStream(
    { transport: 'tcp', port, accept: (io) => tcpMachine(io, answer) },
    options,
    gate,
  )
  if (isFailure(udp) || isFailure(tcp)) throw new Error(`${ip} is taken`)
  return server
}

type Answer = (bytes: Uint8Array, over: 'udp' | 'tcp', from: Address) => Uint8Array[]

function udpMachine(io: DatagramIo, answer: Answer) {
  return {
    received(packet: Uint8Array, from: Address) {
      for (const bytes of answer(packet, 'udp', from)) io.send(bytes, from)
    },
  }
}

function tcpMachine(io: StreamIo, answer: Answer) {
  return {
    received(inbox: Parameters<typeof takeFramed>[0]) {
      const bytes = takeFramed(inbox)
      if (bytes === undefined) return false
      const packets = answer(bytes, 'tcp', io.peer)
      for (const packet of packets) io.send(framed(packet))
      if (packets.length === 0) io.end()
      return true
    },
  }
}

function packetsOf(answer: SampleAnswer, message: Message): Uint8Array[] {
  if (answer === undefined) return []
  const parts: readonly (Partial<Message> | Uint8Array)[] = isList(answer) ? answer : [answer]
  return parts.map((part) => (part instanceof Uint8Array ? part : encodeMessage(responseTo(message, part))))
}

function isList(answer: NonNullable<SampleAnswer>): answer is readonly (Partial<Message> | Uint8Array)[] {
  return Array.isArray(answer)
}

function responseTo(message: Message, part: Partial<Message>): Message {
  return { ...message, response: true, authoritative: true, additionals: [], ...part }
}

/** `www.harbor.test 300 A 192.0.2.10`: the owner whole and without the trailing dot, `.` for the root. */
export function record(line: string): ResourceRecord {
  const [owner = '', ttl, type = '', ...rest] = line.split(' ')
  const number = typeNumber(type) ?? 0
  const data = parseRdata(number, rest.join(' '))
  if (isMalformed(data)) throw new Error(`${line}: ${data.reason}`)
  return { name: owner === '.' ? '' : owner, type: number, class: CLASS.IN, ttlSeconds: Number(ttl), data }
}

/** Answers for one zone: its records, delegations with glue, aliases, and that there is nothing. */
export function zoneScript(apex: string, lines: readonly string[]): Script {
  const records = [
    `${apex || '.'} 3600 SOA ns.${apex || 'root'}. hostmaster.${apex || 'root'}. 1 3600 600 86400 300`,
    ...lines,
  ].map(record)
  return ({ question }) => {
    const name = foldName(question.name)
    if (!isWithin(name, apex)) return { authoritative: false, rcode: RCODE.REFUSED }
    const at = (owner: string, type: number) => records.filter((one) => one.name === owner && one.type === type)
    const cut = cutAbove(records, name, apex, question.type)
    if (cut !== undefined) return referral(records, cut)
    const found = at(name, question.type)
    if (found.length > 0) return { answers: found }
    const alias = at(name, TYPE.CNAME)
    if (alias.length > 0) return { answers: alias }
    const exists = records.some((one) => isWithin(one.name, name))
    return { rcode: exists ? RCODE.NOERROR : RCODE.NXDOMAIN, authorities: at(apex, TYPE.SOA) }
  }
}

function cutAbove(records: readonly ResourceRecord[], name: string, apex: string, type: number): string | undefined {
  let cut: string | undefined
  const from = type === TYPE.DS ? parentOf(name) : name
  for (let above = from; above !== undefined && above !== apex; above = parentOf(above)) {
    if (records.some((one) => one.name === above && one.type === TYPE.NS)) cut = above
  }
  return cut
}

function referral(records: readonly ResourceRecord[], cut: string): Partial<Message> {
  const authorities = records.filter((one) => one.name === cut && one.type === TYPE.NS)
  const glue = records.filter((one) => (one.type === TYPE.A || one.type === TYPE.AAAA) && isWithin(one.name, cut))
  return { authoritative: false, authorities, additionals: glue }
}
