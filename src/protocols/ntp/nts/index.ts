// NTS at a server (RFC 8915): what is loaded when someone first comes with it.

import type { Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { ExtensionField } from '../codec/extension.ts'
import type { OpenedQuestion } from '../server/packet-security.ts'
import { Cookies } from './cookies.ts'
import { EstablishmentServer } from './establishment-server.ts'
import { nakPacket, PacketServer } from './packet-server.ts'

export interface NtsServerOptions {
  /** The world's. */
  readonly secret: Uint8Array
  readonly host: string
  /** Where the time is to be asked for, if not on port 123. */
  readonly ntpPort: number | undefined
}

export class NtsServer {
  readonly #options: NtsServerOptions
  readonly #cookies: Cookies
  readonly #packets: PacketServer

  constructor(io: Pick<Io, 'random'>, options: NtsServerOptions) {
    const random = (size: number) => io.random(size)
    this.#options = options
    this.#cookies = new Cookies(options.secret, options.host, random)
    this.#packets = new PacketServer(this.#cookies, random)
  }

  accept(io: StreamIo): StreamMachine {
    return new EstablishmentServer(io, { cookies: this.#cookies, ntpPort: this.#options.ntpPort })
  }

  open(question: Uint8Array, fields: readonly ExtensionField[], wallMs: number): OpenedQuestion | 'nak' | undefined {
    return this.#packets.open(question, fields, wallMs)
  }

  nak(question: Uint8Array, header: Uint8Array): Uint8Array {
    return nakPacket(question, header)
  }
}
