// For tests: a channel in memory, and a client that sends one request after the other, or any bytes.

import { Duplex } from 'node:stream'
import { Inbox } from '../../../wire/inbox.ts'
import type { Init, Reply, Request, Version } from './messages.ts'
import { decodeReply } from './reply-codec.ts'
import { encodeRequest } from './request-codec.ts'
import type { ServerChannel } from './session.ts'

const LENGTH_BYTES = 4

type Asked = Exclude<Request, { kind: 'unknown' | 'malformed' }>
/** Each kind of request without its id. */
export type Question = Asked extends infer Each ? (Each extends Asked ? Omit<Each, 'id'> : never) : never

/** The server's end of a channel; what it writes is kept until the test takes it. */
export class TrialChannel extends Duplex implements ServerChannel {
  exitStatus: number | undefined
  /** The peer takes what is written, or nothing. */
  open = true
  readonly #inbox = new Inbox()
  #held: (() => void)[] = []
  #wake: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 2 ** 21 })
  }

  exit(status: number): void {
    this.exitStatus = status
  }

  /** From the peer. */
  bring(bytes: Uint8Array | null): void {
    this.push(bytes)
  }

  /** Lets go on what waits because the peer took nothing. */
  widen(): void {
    this.open = true
    const held = this.#held
    this.#held = []
    for (const written of held) written()
  }

  /** The next `count` bytes that were written; `undefined`: it ended before. */
  async taken(count: number): Promise<Uint8Array | undefined> {
    while (this.#inbox.length < count && !this.writableFinished && !this.destroyed) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const bytes = this.#inbox.take(count)
    return bytes === undefined ? undefined : new Uint8Array(bytes)
  }

  /** All that was written until the end. */
  async rest(): Promise<Uint8Array> {
    while (!this.writableFinished && !this.destroyed) await new Promise<void>((resolve) => (this.#wake = resolve))
    return new Uint8Array(this.#inbox.peek())
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    this.#inbox.push(new Uint8Array(chunk))
    if (this.open) written()
    else this.#held.push(written)
    this.#wake?.()
  }

  override _final(finished: () => void): void {
    finished()
    setImmediate(() => this.#wake?.())
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    destroyed(error)
    this.#wake?.()
  }
}

export class TrialClient {
  readonly channel: TrialChannel
  #id = 0

  constructor(channel: TrialChannel) {
    this.channel = channel
  }

  /** The answer to a request; throws where none comes. */
  async ask(question: Question): Promise<Reply> {
    const id = this.send(question)
    const reply = await this.next()
    if (reply?.kind === 'version' || reply?.id !== id) throw new Error(`no answer to ${question.kind}`)
    return reply
  }

  /** The status of a request, or what it answered instead. */
  async status(question: Question): Promise<number | string> {
    const reply = await this.ask(question)
    return reply.kind === 'status' ? reply.code : reply.kind
  }

  async handle(question: Question): Promise<Uint8Array> {
    const reply = await this.ask(question)
    if (reply.kind !== 'handle') throw new Error(`no handle: ${JSON.stringify(reply)}`)
    return reply.handle
  }

  async init(): Promise<Version> {
    this.write(encodeRequest({ kind: 'init', version: 3 } satisfies Init))
    const version = await this.next()
    if (version?.kind !== 'version') throw new Error('no version')
    return version
  }

  /** Its id. */
  send(question: Question): number {
    const id = ++this.#id
    this.write(encodeRequest({ ...question, id }))
    return id
  }

  write(bytes: Uint8Array): void {
    this.channel.bring(bytes)
  }

  async next(): Promise<Reply | Version | undefined> {
    const length = await this.channel.taken(LENGTH_BYTES)
    if (length === undefined) return undefined
    const packet = await this.channel.taken(new DataView(length.buffer).getUint32(0))
    return packet === undefined ? undefined : decodeReply(packet)
  }
}
