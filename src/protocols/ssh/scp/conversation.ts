// What both sides of a copy say besides records: go on, what went wrong, how the other side answers.

import type { Failure } from '../../../core/failure.ts'
import { pathBytes, pathText } from '../../../wire/path-text.ts'
import { bufferOf } from '../../../wire/text.ts'
import { Outbox } from '../sftp/outbox.ts'
import type { ServerChannel } from '../sftp/session.ts'
import { systemMessage } from '../shell/run/messages.ts'
import { ChannelInput } from './channel-input.ts'
import { OVERLONG, parseRecord, RECORD_MAX_BYTES, type Record } from './records.ts'

/** Bytes that the peer has not taken, beyond which no more are read from a file. */
const UNSENT_MAX_BYTES = 1024 * 1024
const GO_ON = Buffer.of(0)
const WARNING = '\x01'

/** `refused`: something is wrong with this one; `given-up`: with everything; `gone`: there is none. */
export type Answer = 'go-on' | 'refused' | 'given-up' | 'gone'

/** Whether there is nobody to go on with. */
export function isOver(answer: Answer): boolean {
  return answer === 'given-up' || answer === 'gone'
}

export class Conversation {
  readonly input: ChannelInput
  readonly #outbox: Outbox
  #errors = 0
  #stopped = false
  #wake: (() => void) | undefined

  constructor(channel: ServerChannel) {
    this.input = new ChannelInput(channel)
    this.#outbox = new Outbox(channel, () => this.#wake?.())
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** What went wrong makes the exit status 1. */
  get exitStatus(): number {
    return this.#errors === 0 ? 0 : 1
  }

  /** The peer is gone. */
  stop(): void {
    this.#stopped = true
    this.#outbox.stop()
    this.input.stop()
    this.#wake?.()
  }

  goOn(): void {
    this.#outbox.send(GO_ON)
  }

  say(text: string): void {
    this.#outbox.send(bufferOf(pathBytes(text)))
  }

  send(bytes: Uint8Array): void {
    this.#outbox.send(bufferOf(bytes))
  }

  /** In words that the other side shows to its user. */
  complain(problem: string): void {
    this.#errors++
    this.say(`${WARNING}scp: ${problem}\n`)
  }

  complainOf(path: string, failure: Failure): void {
    this.complain(`${path}: ${systemMessage(failure)}`)
  }

  /** The other side has told of an error of its own. */
  heardError(): void {
    this.#errors++
  }

  async answer(): Promise<Answer> {
    const byte = await this.input.byte()
    if (byte === 0) return 'go-on'
    if (byte === undefined) return 'gone'
    this.#errors++
    const line = await this.input.line(RECORD_MAX_BYTES)
    return line === undefined || line === 'too-long' || byte === 2 ? 'given-up' : 'refused'
  }

  /** `undefined`: there is no further one. */
  async record(): Promise<Record | undefined> {
    const line = await this.input.line(RECORD_MAX_BYTES)
    return line instanceof Uint8Array ? parseRecord(pathText(line)) : line && OVERLONG
  }

  /** Until the peer has taken enough of what was sent; with `all`, all of it. */
  async taken(all = false): Promise<void> {
    while (!this.#stopped && (all ? !this.#outbox.empty : this.#outbox.unsentBytes > UNSENT_MAX_BYTES)) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    this.#wake = undefined
  }
}
