// Broken questions for the resolver, and broken answers of the servers that it asks: every question gets an answer in time,
// and one that reads back.

import { isConfigError } from '../src/core/failure.ts'
import type { Event } from '../src/core/event.ts'
import { resolver } from '../src/protocols/resolver/index.ts'
import { decodeMessage, encodeMessage } from '../src/shared/dns/codec/message.ts'
import { CLASS, isMalformed, query, type Message, type Question } from '../src/shared/dns/messages.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import { OpenGate, SimPlane, lonelyWorld } from '../src/sim/index.ts'
import type { SimDatagramPeer } from '../src/sim/peer.ts'
import type { Run, Target } from './target.ts'

const HERE = '198.51.100.1'
const ROOT = '192.0.2.1'
/** Longer than any resolution takes. */
const WAIT_MS = 25_000
const TYPES = [1, 2, 5, 6, 15, 16, 28, 39, 43, 48, 65]

export const resolverTarget: Target = {
  name: 'resolver',
  about: 'questions for the resolver, and answers of servers',
  async start(seed): Promise<Run> {
    const mutations = new Mutations(seed)
    const trial = await Trial.open(mutations)
    return { next: () => mutations.next(), attempt: (bytes) => trial.attempt(bytes), stop: () => trial.stop() }
  },
}

class Trial {
  readonly #plane: SimPlane
  readonly #mutations: Mutations
  readonly #broken: Event[]
  #said: Uint8Array = new Uint8Array(0)
  readonly #peer: SimDatagramPeer
  #count = 0

  private constructor(plane: SimPlane, mutations: Mutations, broken: Event[]) {
    this.#plane = plane
    this.#mutations = mutations
    this.#broken = broken
    this.#peer = plane.datagramPeer()
  }

  static async open(mutations: Mutations): Promise<Trial> {
    const plane = new SimPlane()
    const broken: Event[] = []
    const event = (_flow: unknown, _service: string, told: Event) => {
      if (told.kind === 'driver.broken') broken.push(told)
    }
    const gate = Object.assign(new OpenGate(), { event, opened: () => 'allow' as const, closed: () => undefined })
    const config = resolver.config.parse({ validate: false, 'serve-stale': '0s', 'cache-size': '1MiB' })
    if (isConfigError(config)) throw new Error('the settings are wrong')
    const root = { servers: [{ name: 'a.root', addresses: [ROOT] }], signing: undefined }
    const io = plane.serviceIo('resolver', [HERE], gate, (timer) => running.woke?.(timer))
    const running = resolver.start(io, config, { ...lonelyWorld([HERE], 'resolver'), root })
    const trial = new Trial(plane, mutations, broken)
    for (const listen of running.listens) {
      if (listen.transport !== 'udp') continue
      await plane.listenDatagram(listen, { at: { ip: HERE, port: listen.port }, service: 'resolver' }, gate)
    }
    await plane.listenDatagram(
      {
        transport: 'udp',
        port: 53,
        open: (server) => ({ received: (packet, from) => server.send(trial.#answer(packet), from) }),
      },
      { at: { ip: ROOT, port: 53 }, service: 'root' },
      gate,
    )
    return trial
  }

  async attempt(bytes: Uint8Array): Promise<void> {
    this.#said = bytes
    const peer = this.#peer
    peer.received.length = 0
    peer.send(bytes, { ip: HERE, port: 53 })
    const before = peer.received.length
    const type = TYPES[this.#mutations.below(TYPES.length)] ?? 1
    const name = `n${(this.#count += 1)}.harbor.test`
    peer.send(encodeMessage(query(7, { name, type, class: CLASS.IN })), { ip: HERE, port: 53 })
    await this.#plane.settled()
    this.#plane.advance(WAIT_MS)
    const [broken] = this.#broken
    if (broken !== undefined) throw new Error(broken.summary)
    if (peer.received.length === before) throw new Error('a question without an answer')
    if (peer.received.some(({ packet }) => isMalformed(decodeMessage(packet))))
      throw new Error('an answer that does not read')
  }

  async stop(): Promise<void> {
    await this.#plane.stop()
  }

  /** The broken bytes as an answer to just this question, as far as they read; else as they are, with its id. */
  #answer(packet: Uint8Array): Uint8Array {
    const asked = decodeMessage(new Uint8Array(packet))
    const said = decodeMessage(new Uint8Array(this.#said))
    const question = isMalformed(asked) ? undefined : asked.questions[0]
    if (isMalformed(asked) || isMalformed(said) || question === undefined) return this.#raw(packet)
    return encodeMessage(this.#fitting(said, asked.id, question))
  }

  #raw(packet: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(Math.max(2, this.#said.length))
    bytes.set(this.#said)
    bytes.set(packet.subarray(0, 2))
    return bytes
  }

  /** Half of the records are of the name that was asked for, or lie at a zone above it. */
  #fitting(said: Message, id: number, question: Question): Message {
    const names = [question.name, question.name.slice(question.name.indexOf('.') + 1), 'test', '']
    const moved = (records: Message['answers']) =>
      records.map((one) => {
        const name = this.#mutations.below(2) === 0 ? one.name : (names[this.#mutations.below(names.length)] ?? '')
        return { ...one, name }
      })
    const sections = {
      answers: moved(said.answers),
      authorities: moved(said.authorities),
      additionals: moved(said.additionals),
    }
    return { ...said, ...sections, id, response: true, opcode: 0, questions: [question] }
  }
}
