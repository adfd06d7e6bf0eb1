// Where NTS comes in: loads it when a peer first asks for keys or brings a cookie, and hands all later ones straight to it.

import type { DatagramIo, Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { ExtensionField } from '../codec/extension.ts'
import { decodeTrailer } from '../codec/extension.ts'
import { NTS_COOKIE_FIELD } from '../messages.ts'
import type { NtsServer, NtsServerOptions } from '../nts/index.ts'
import { versionOf } from './answer-header.ts'
import type { OpenedQuestion, PacketSecurity } from './packet-security.ts'

/** Questions that wait while it is loaded, which takes milliseconds; ours. */
const WAITING_MAX = 64

type Opened = OpenedQuestion | 'nak' | undefined

export class NtsDoor implements PacketSecurity {
  readonly #io: Io
  readonly #options: NtsServerOptions
  #loaded: NtsServer | undefined
  #loading: Promise<NtsServer> | undefined
  #waiting = 0

  /** `io`: the service's. */
  constructor(io: Io, options: NtsServerOptions) {
    this.#io = io
    this.#options = options
  }

  concerns(fields: readonly ExtensionField[]): boolean {
    return fields.some(({ type }) => type === NTS_COOKIE_FIELD)
  }

  open(
    io: DatagramIo,
    question: Uint8Array,
    fields: readonly ExtensionField[],
    then: (opened: Opened, question: Uint8Array) => void,
  ): void {
    if (this.#loaded !== undefined) return then(this.#loaded.open(question, fields, io.wallMs), question)
    if (this.#waiting === WAITING_MAX) return
    this.#waiting++
    const copy = new Uint8Array(question)
    io.ask(this.#load(), (nts) => {
      this.#waiting--
      const { fields: copied = [] } = decodeTrailer(copy, versionOf(copy)) ?? {}
      then(nts.open(copy, copied, io.wallMs), copy)
    })
  }

  nak(question: Uint8Array, header: Uint8Array): Uint8Array {
    return this.#loaded?.nak(question, header) ?? header
  }

  accept(io: StreamIo): StreamMachine {
    return this.#loaded?.accept(io) ?? new WaitingStream(io, this.#load())
  }

  #load(): Promise<NtsServer> {
    this.#loading ??= import('../nts/index.ts').then(
      ({ NtsServer }) => (this.#loaded = new NtsServer(this.#io, this.#options)),
    )
    return this.#loading
  }
}

/** A stream that came before NTS was loaded: its input waits for as long. */
class WaitingStream implements StreamMachine {
  readonly #io: StreamIo
  readonly #loading: Promise<NtsServer>
  #machine: StreamMachine | undefined

  constructor(io: StreamIo, loading: Promise<NtsServer>) {
    this.#io = io
    this.#loading = loading
  }

  opened(): void {
    this.#io.ask(this.#loading, (nts) => {
      this.#machine = nts.accept(this.#io)
      this.#machine.opened?.()
    })
  }

  received(inbox: Parameters<StreamMachine['received']>[0]): boolean {
    return this.#machine?.received(inbox) ?? false
  }

  woke(timer: string): void {
    this.#machine?.woke?.(timer)
  }
}
