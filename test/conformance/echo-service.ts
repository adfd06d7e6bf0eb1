// A line echo over TCP and an echo over UDP: the smallest service that has every state the ordeal needs.
// It exists for the drivers' own tests.

import { object } from 'valibot'
import { configFrom } from '../../src/core/config.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../../src/core/io.ts'
import type { Service } from '../../src/core/service.ts'
import type { Inbox } from '../../src/wire/inbox.ts'

/** RFC 862 names port 7 for echo. */
export const ECHO_PORT = 7
/** Long enough for a test's lines; a text line in SMTP may have 1,000 bytes (RFC 5321 §4.5.3.1.6). */
const LINE_MAX_BYTES = 1000
/** Chosen for tests: a silent peer is sent away. */
const IDLE_MS = 60_000

class EchoStream implements StreamMachine {
  readonly #io: StreamIo

  constructor(io: StreamIo) {
    this.#io = io
  }

  opened(): void {
    this.#io.send(Buffer.from('hello\r\n'))
    this.#io.wakeAt('idle', this.#io.now + IDLE_MS)
  }

  received(inbox: Inbox): boolean {
    const line = inbox.line(LINE_MAX_BYTES)
    if (line === 'more') return false
    if (line === 'too-long') return this.#refuse(inbox)
    this.#io.wakeAt('idle', this.#io.now + IDLE_MS)
    const text = Buffer.from(line).toString('latin1')
    if (text === 'quit') this.#io.end()
    else if (text === 'starttls') this.#startTls()
    else if (text === 'think') this.#io.ask(Promise.resolve('thought'), (word) => this.#reply(word))
    else this.#reply(text)
    return true
  }

  woke(): void {
    this.#io.end()
  }

  #refuse(inbox: Inbox): boolean {
    inbox.clear()
    this.#reply('too long')
    this.#io.end()
    return true
  }

  #reply(text: string): void {
    this.#io.send(Buffer.from(`${text}\r\n`, 'latin1'))
  }

  #startTls(): void {
    this.#reply('ready')
    this.#io.secure({ side: 'server' }, () => {})
  }
}

class EchoDatagrams implements DatagramMachine {
  readonly #io: DatagramIo

  constructor(io: DatagramIo) {
    this.#io = io
  }

  received(packet: Uint8Array, from: { ip: string; port: number }): void {
    this.#io.send(packet, from)
  }
}

export const echo: Service<object> = {
  name: 'echo',
  title: 'line echo',
  speaksFirst: 'server',
  config: configFrom(object({})),
  ports: () => [
    { transport: 'tcp', port: ECHO_PORT },
    { transport: 'udp', port: ECHO_PORT },
  ],
  start: () => ({
    listens: [
      { transport: 'tcp', port: ECHO_PORT, accept: (io) => new EchoStream(io) },
      { transport: 'udp', port: ECHO_PORT, open: (io) => new EchoDatagrams(io) },
    ],
  }),
}
