// Turns what passes between peers and the world into a capture file: one layer on the wire, and the gatekeeper's word on
// refused flows and TLS secrets.

import type { Flow, Verdict } from '../../core/flow.ts'
import type { Chunk, DatagramLayer, Direction, Layer, Link, StreamLayer } from '../../core/layer.ts'
import {
  PcapngWriter,
  TcpConversation,
  endpointsOf,
  udpPacket,
  type Endpoint,
  type Side,
  type Sink,
} from './pcapng/index.ts'

export interface CaptureOptions {
  readonly sink: Sink
  /** Which of the flows that the gate let in to keep; all, by default. */
  readonly wants?: (flow: Flow) => boolean
}

const SECRETS_WAIT_MS = 200 // ours
const SECRETS_WAIT_MAX_BYTES = 65_536 // ours
/** The last secret that a handshake gives: before TLS 1.3, and in it (RFC 9850 §2). */
const LAST_SECRET = /^(CLIENT_RANDOM|CLIENT_TRAFFIC_SECRET_0) /
const TLS_HANDSHAKE = 22 // RFC 8446 §5.1
const TLS_MAJOR = 3 // RFC 8446 §5.1: legacy_record_version 0x0301 or 0x0303
const GOLDEN = 0x9e3779b1 // spreads flow numbers over sequence numbers

interface Held {
  readonly wallMs: number
  readonly side: Side
  readonly bytes: Uint8Array
}

export class Capture {
  /** Goes among the gatekeeper's layers, nearest to the wire. */
  readonly layer: Layer
  readonly #writer: PcapngWriter
  readonly #wants: (flow: Flow) => boolean
  readonly #streams = new Map<number, StreamCapture>()

  constructor({ sink, wants = () => true }: CaptureOptions) {
    this.#writer = new PcapngWriter(sink)
    this.#wants = wants
    this.layer = {
      name: 'capture',
      place: 'wire',
      stream: (link) => this.#stream(link),
      datagram: (link) => this.#datagram(link),
    }
  }

  /** A connection that the gate turned away: it never reaches the layer. */
  refused(flow: Flow, verdict: Exclude<Verdict, 'allow'>, because: string): void {
    const ends = flow.transport === 'tcp' ? endpointsOf(flow.from, flow.to) : undefined
    if (!ends) return
    const conversation = this.#conversation(flow, ends)
    conversation.asked(flow.openedMs, `flow ${flow.id}: ${verdict}, ${because}`)
    if (verdict === 'reject') conversation.refused(flow.openedMs)
  }

  /** A line of an NSS key log, at once when TLS gives it. */
  secret(flow: Flow, line: string): void {
    if (!this.#wants(flow)) return
    this.#writer.secret(line)
    if (LAST_SECRET.test(line)) this.#streams.get(flow.id)?.secretsKnown()
  }

  #stream(link: Link): StreamLayer | undefined {
    const ends = this.#wants(link.flow) ? endpointsOf(link.flow.from, link.flow.to) : undefined
    if (!ends) return undefined
    const { id } = link.flow
    const stream = new StreamCapture(link, this.#conversation(link.flow, ends), () => this.#streams.delete(id))
    this.#streams.set(id, stream)
    return stream
  }

  #datagram(link: Link): DatagramLayer | undefined {
    const ends = this.#wants(link.flow) ? endpointsOf(link.flow.from, link.flow.to) : undefined
    return ends && new DatagramCapture(link, this.#writer, ends)
  }

  #conversation(flow: Flow, [client, server]: readonly [Endpoint, Endpoint]): TcpConversation {
    return new TcpConversation(this.#writer, client, server, Math.imul(flow.id, GOLDEN))
  }
}

/**
 * Readers go through a capture once, and the secrets of a TLS session become known only while its packets are handled. So
 * what comes in during a handshake waits for them: until the last one is there, something goes out, or time or room is up.
 */
class StreamCapture implements StreamLayer {
  readonly #link: Link
  readonly #conversation: TcpConversation
  readonly #gone: () => void
  #awaiting: 'nothing' | 'secrets' = 'nothing'
  #held: Held[] = []
  #heldBytes = 0

  constructor(link: Link, conversation: TcpConversation, gone: () => void) {
    this.#link = link
    this.#conversation = conversation
    this.#gone = gone
    conversation.opened(link.wallMs, commentOf(link.flow))
  }

  chunk(direction: Direction, chunk: Chunk, pass: (chunk: Chunk) => void): void {
    const side = sideOf(this.#link.flow, direction)
    if (direction === 'inbound' && chunk !== 'end' && this.#waits(chunk)) {
      this.#hold(side, chunk)
    } else {
      this.#release()
      if (chunk === 'end') this.#conversation.ended(this.#link.wallMs, side)
      else this.#conversation.data(this.#link.wallMs, side, chunk)
    }
    pass(chunk)
  }

  closed(): void {
    this.#release()
    this.#conversation.closed(this.#link.wallMs, sideOf(this.#link.flow, 'outbound'))
    this.#gone()
  }

  secretsKnown(): void {
    this.#release()
    this.#awaiting = 'nothing'
  }

  #waits(chunk: Uint8Array): boolean {
    if (this.#awaiting === 'secrets') return true
    if (!isTlsHandshake(chunk)) return false
    this.#awaiting = 'secrets'
    this.#link.at(this.#link.now + SECRETS_WAIT_MS, () => this.secretsKnown())
    return true
  }

  #hold(side: Side, bytes: Uint8Array): void {
    this.#held.push({ wallMs: this.#link.wallMs, side, bytes })
    this.#heldBytes += bytes.length
    if (this.#heldBytes > SECRETS_WAIT_MAX_BYTES) this.secretsKnown()
  }

  #release(): void {
    if (this.#held.length === 0) return
    for (const { wallMs, side, bytes } of this.#held) this.#conversation.data(wallMs, side, bytes)
    this.#held = []
    this.#heldBytes = 0
  }
}

class DatagramCapture implements DatagramLayer {
  readonly #link: Link
  readonly #writer: PcapngWriter
  readonly #ends: readonly [Endpoint, Endpoint]
  #comment: string | undefined

  constructor(link: Link, writer: PcapngWriter, ends: readonly [Endpoint, Endpoint]) {
    this.#link = link
    this.#writer = writer
    this.#ends = ends
    this.#comment = commentOf(link.flow)
  }

  packet(direction: Direction, packet: Uint8Array, pass: (packet: Uint8Array) => void): void {
    const [client, server] = this.#ends
    const fromClient = sideOf(this.#link.flow, direction) === 'client'
    const [from, to] = fromClient ? [client, server] : [server, client]
    const whole = udpPacket(from, to, this.#writer.nextIdentification(), packet)
    if (whole) this.#writer.packet(this.#link.wallMs, whole, this.#comment)
    this.#comment = undefined
    pass(packet)
  }
}

function commentOf(flow: Flow): string {
  return `flow ${flow.id}: ${flow.service === '' ? 'nobody' : flow.service}`
}

function sideOf(flow: Flow, direction: Direction): Side {
  return (direction === 'inbound') === (flow.dialed === true) ? 'server' : 'client'
}

function isTlsHandshake(bytes: Uint8Array): boolean {
  return bytes[0] === TLS_HANDSHAKE && bytes[1] === TLS_MAJOR
}
