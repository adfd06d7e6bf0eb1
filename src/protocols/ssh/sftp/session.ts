// One conversation: packets come in, requests run as many at a time as may, answers go out in the order of the requests:
// OpenSSH's scp 9 cuts its file off where two answers are out of order. What the client does not take of them is bounded:
// then its next requests stay where they are.

import type { Duplex } from 'node:stream'
import { bufferOf } from '../../../wire/text.ts'
import { answerBatch, batchLength } from './batches.ts'
import { EXTENSIONS, STATUS, VERSION, type Reply, type Request } from './messages.ts'
import { Outbox } from './outbox.ts'
import { PacketCutter } from './packets.ts'
import type { Place } from './place.ts'
import { encodeDataHeader, encodeReply, encodeVersion } from './reply-codec.ts'
import { decodeRequest } from './request-codec.ts'
import { status } from './statuses.ts'
import { Turns } from './turns.ts'

/** Answers that have not left, or are on their way there: then no further request is taken. 4 MiB. */
const UNSENT_MAX_BYTES = 4 * 1024 * 1024
/** Requests read ahead of those that run. */
const WAITING_MAX_BYTES = 512 * 1024
/** What each request costs at least, for what must remember it. */
const REQUEST_BYTES = 128

/** A channel of a server: what ssh2 calls one. */
export interface ServerChannel extends Duplex {
  /** Sends the exit status (RFC 4254 §6.10). */
  exit(status: number): unknown
}

interface Waiting {
  readonly request: Request
  readonly bytes: number
}

interface Begun {
  readonly request: Request
  reply: Reply | undefined
}

export interface SessionEvents {
  /** The peer broke a limit, in a few words; the channel closes. */
  abused(reason: string): void
  /** An invariant is broken; the channel closes. */
  broke(thrown: unknown): void
}

export class Session {
  readonly #channel: ServerChannel
  readonly #place: Place
  readonly #events: SessionEvents
  readonly #outbox: Outbox
  readonly #cutter = new PacketCutter((packet) => this.#take(packet))
  readonly #turns = new Turns()
  readonly #isStopped = (): boolean => this.#state === 'stopped'
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Requests that have begun, and answers before which others must leave. */
  readonly #begun: Begun[] = []
  #paused = false
  #initialised = false
  /** `ending`: no more requests come. `leaving`: what is open closes. `left`: it has. `stopped`: nobody listens. */
  #state: 'open' | 'ending' | 'leaving' | 'left' | 'stopped' = 'open'
  #exitStatus = 0

  constructor(channel: ServerChannel, place: Place, events: SessionEvents) {
    this.#channel = channel
    this.#place = place
    this.#events = events
    this.#outbox = new Outbox(channel, () => this.#pump())
    channel.on('data', (chunk: Buffer) => this.#received(chunk))
    channel.on('end', () => this.#ended())
    channel.on('close', () => this.stop())
    channel.on('error', () => this.stop())
  }

  /** The channel is gone: what runs ends, what waits is dropped, uploads are kept for later. */
  stop(): void {
    if (this.#state === 'stopped') return
    const hasLeft = this.#state === 'leaving' || this.#state === 'left'
    this.#state = 'stopped'
    this.#drop()
    this.#outbox.stop()
    if (!hasLeft && this.#turns.idle) void this.#abandon()
  }

  #received(chunk: Buffer): void {
    if (this.#state !== 'open') return
    const badLength = this.#cutter.push(chunk)
    if (badLength !== undefined) return this.#abuse(`a packet of ${badLength} bytes`)
    this.#pump()
  }

  #take(packet: Buffer): void {
    if (this.#state !== 'open') return
    const request = decodeRequest(packet)
    if (request === undefined) return this.#abuse(`a packet of ${packet.length} bytes without an id`)
    if (request.kind === 'init') return this.#init()
    if (!this.#initialised) return this.#abuse('a request before INIT')
    const bytes = packet.length + REQUEST_BYTES
    this.#waiting.push({ request, bytes })
    this.#waitingBytes += bytes
  }

  #init(): void {
    this.#initialised = true
    this.#outbox.send(encodeVersion(VERSION, EXTENSIONS))
  }

  #pump(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#mayBegin(next.request); next = this.#waiting[0]) {
      void this.#run(this.#begin(batchLength(this.#waiting)))
    }
    this.#throttle()
    if (this.#state === 'ending' && this.#waiting.length === 0 && this.#turns.idle) void this.#leave()
    if (this.#state === 'left' && this.#outbox.empty) this.#hangUp()
  }

  #mayBegin(request: Request): boolean {
    if (!this.#turns.admits(request)) return false
    return this.#outbox.unsentBytes + this.#turns.runningBytes < UNSENT_MAX_BYTES
  }

  #begin(count: number): readonly Begun[] {
    const batch = this.#waiting.splice(0, count).map(({ request, bytes }): Begun => {
      this.#waitingBytes -= bytes
      this.#turns.begin(request)
      return { request, reply: undefined }
    })
    this.#begun.push(...batch)
    return batch
  }

  async #run(batch: readonly Begun[]): Promise<void> {
    const requests = batch.map(({ request }) => request)
    try {
      const replies = await answerBatch(this.#place, requests, this.#isStopped)
      for (const [index, begun] of batch.entries()) begun.reply = replies[index]
    } catch (thrown) {
      for (const begun of batch) begun.reply = status(begun.request.id, STATUS.failure)
      this.#break(thrown)
    }
    this.#sendReady()
    if (this.#state === 'stopped') {
      if (this.#turns.idle) void this.#abandon()
    } else this.#pump()
  }

  #sendReady(): void {
    for (let next = this.#begun[0]; next?.reply !== undefined; next = this.#begun[0]) {
      this.#begun.shift()
      this.#turns.end(next.request)
      this.#send(next.reply)
    }
  }

  #send(reply: Reply): void {
    if (reply.kind !== 'data') return this.#outbox.send(encodeReply(reply))
    this.#outbox.send(encodeDataHeader(reply.id, reply.data.length))
    this.#outbox.send(bufferOf(reply.data))
  }

  #throttle(): void {
    const pauses = this.#waitingBytes > (this.#paused ? WAITING_MAX_BYTES / 2 : WAITING_MAX_BYTES)
    if (pauses === this.#paused || this.#state === 'stopped') return
    this.#paused = pauses
    if (pauses) this.#channel.pause()
    else this.#channel.resume()
  }

  #drop(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #ended(): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    this.#pump()
  }

  #abuse(reason: string): void {
    this.#events.abused(reason)
    this.#fail()
  }

  #break(thrown: unknown): void {
    this.#events.broke(thrown)
    this.#fail()
  }

  #fail(): void {
    if (this.#state !== 'open' && this.#state !== 'ending') return
    this.#exitStatus = 1
    this.#state = 'ending'
    this.#drop()
    this.#pump()
  }

  async #leave(): Promise<void> {
    this.#state = 'leaving'
    await this.#abandon()
    if (this.#isStopped()) return
    this.#state = 'left'
    this.#pump()
  }

  #hangUp(): void {
    this.#state = 'stopped'
    this.#channel.exit(this.#exitStatus)
    this.#channel.end()
  }

  async #abandon(): Promise<void> {
    for (const opened of this.#place.handles.all) {
      if (opened.kind === 'folder') continue
      await opened.abandon().catch((thrown: unknown) => this.#events.broke(thrown))
      this.#place.log(opened.operation(opened.isWritten ? 'interrupted' : 'done'))
    }
  }
}
