// Machines that take everything and answer nothing (RFC 863), and tell how it began.

import type { Address } from '../../core/address.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../../core/io.ts'
import type { Inbox } from '../../wire/inbox.ts'
import type { SinkConfig } from './config.ts'
import { receivedEvent } from './describe.ts'
import { DATAGRAMS_TOLD_MAX, SAMPLE_WAIT_MS } from './messages.ts'

export class SinkStream implements StreamMachine {
  readonly #io: StreamIo
  readonly #config: SinkConfig
  #head: Uint8Array = new Uint8Array(0)
  #totalBytes = 0
  #told = false

  constructor(io: StreamIo, config: SinkConfig) {
    this.#io = io
    this.#config = config
  }

  opened(): void {
    this.#io.wakeAt('idle', this.#io.now + this.#config.idleMs)
  }

  received(inbox: Inbox): boolean {
    if (inbox.length === 0) return false
    if (this.#totalBytes === 0) this.#io.wakeAt('sample', this.#io.now + SAMPLE_WAIT_MS)
    this.#totalBytes += inbox.length
    this.#keep(inbox)
    inbox.clear()
    if (this.#head.length >= this.#config.sampleBytes) this.#tell()
    if (this.#totalBytes >= this.#config.maxBytes) this.#full()
    else this.#io.wakeAt('idle', this.#io.now + this.#config.idleMs)
    return true
  }

  woke(timer: string): void {
    if (timer === 'sample') return this.#tell()
    this.#tell()
    this.#io.end()
  }

  ended(): void {
    this.#tell()
    this.#io.end()
  }

  closed(): void {
    this.#tell()
  }

  #keep(inbox: Inbox): void {
    const missing = this.#config.sampleBytes - this.#head.length
    if (missing <= 0) return
    const more = inbox.peek(missing)
    const head = new Uint8Array(this.#head.length + more.length)
    head.set(this.#head)
    head.set(more, this.#head.length)
    this.#head = head
  }

  #tell(): void {
    if (this.#told || this.#totalBytes === 0) return
    this.#told = true
    this.#io.cancel('sample')
    this.#io.emit(receivedEvent({ head: this.#head, totalBytes: this.#totalBytes }))
  }

  #full(): void {
    this.#tell()
    const summary = `ended after ${this.#totalBytes} bytes`
    this.#io.emit({ kind: 'sink.limit', summary, severity: 'warning', detail: { maxBytes: this.#config.maxBytes } })
    this.#io.end()
  }
}

export class SinkDatagrams implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #config: SinkConfig
  #count = 0

  constructor(io: DatagramIo, config: SinkConfig) {
    this.#io = io
    this.#config = config
  }

  received(packet: Uint8Array, from: Address): void {
    this.#count++
    if (this.#count > DATAGRAMS_TOLD_MAX) return
    const event = receivedEvent({ head: packet.subarray(0, this.#config.sampleBytes), totalBytes: packet.length })
    this.#io.emit({ ...event, detail: { ...event.detail, from: from.ip, port: from.port } })
    if (this.#count === DATAGRAMS_TOLD_MAX) this.#silence()
  }

  #silence(): void {
    const summary = `${DATAGRAMS_TOLD_MAX} datagrams told of; further ones are taken in silence`
    this.#io.emit({ kind: 'sink.limit', summary, severity: 'warning' })
  }
}
