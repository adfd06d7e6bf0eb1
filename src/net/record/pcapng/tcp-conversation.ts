// The segments of one TCP connection, made from the bytes that passed: handshake, data with acknowledgements, end. A
// capture of what must have been on the wire, not of what was: no retransmission, no window.

import { FLAG, tcpPacket, type Endpoint } from './ip-packet.ts'
import type { PcapngWriter } from './writer.ts'

/** The end that opened the connection, or the one that was asked. */
export type Side = 'client' | 'server'

interface Half {
  readonly endpoint: Endpoint
  sequence: number
  ended: boolean
}

const MSS_IPV4 = 1460 // an Ethernet frame's 1500 bytes, less both headers
const MSS_IPV6 = 1440
const UNACKNOWLEDGED_MAX_SEGMENTS = 16 // keeps what is in flight below the window of 65,535 bytes
const NOTHING = new Uint8Array(0)

export class TcpConversation {
  readonly #writer: PcapngWriter
  readonly #halves: Readonly<Record<Side, Half>>
  readonly #mss: number

  /** `sequence` is the client's first sequence number; the server's follows from it. */
  constructor(writer: PcapngWriter, client: Endpoint, server: Endpoint, sequence: number) {
    this.#writer = writer
    this.#halves = {
      client: { endpoint: client, sequence: sequence >>> 0, ended: false },
      server: { endpoint: server, sequence: ~sequence >>> 0, ended: false },
    }
    this.#mss = client.ip.length === 4 ? MSS_IPV4 : MSS_IPV6
  }

  /** SYN, SYN-ACK, ACK. */
  opened(wallMs: number, comment?: string): void {
    this.asked(wallMs, comment)
    this.#send(wallMs, 'server', FLAG.syn | FLAG.ack)
    this.#send(wallMs, 'client', FLAG.ack)
  }

  /** The client's SYN alone. */
  asked(wallMs: number, comment?: string): void {
    this.#send(wallMs, 'client', FLAG.syn, NOTHING, comment)
  }

  /** What the server of a refused connection answers. */
  refused(wallMs: number): void {
    this.#send(wallMs, 'server', FLAG.rst | FLAG.ack)
    this.#halves.client.ended = true
    this.#halves.server.ended = true
  }

  data(wallMs: number, side: Side, bytes: Uint8Array): void {
    if (this.#halves[side].ended) return
    for (let at = 0, segments = 1; at < bytes.length; at += this.#mss, segments++) {
      const last = at + this.#mss >= bytes.length
      this.#send(wallMs, side, last ? FLAG.ack | FLAG.psh : FLAG.ack, bytes.subarray(at, at + this.#mss))
      if (last || segments % UNACKNOWLEDGED_MAX_SEGMENTS === 0) this.#send(wallMs, otherThan(side), FLAG.ack)
    }
  }

  ended(wallMs: number, side: Side): void {
    const half = this.#halves[side]
    if (half.ended) return
    this.#send(wallMs, side, FLAG.fin | FLAG.ack)
    half.ended = true
    this.#send(wallMs, otherThan(side), FLAG.ack)
  }

  /** The connection is gone: RST from `side` unless both sides had ended. */
  closed(wallMs: number, side: Side): void {
    const { client, server } = this.#halves
    if (client.ended && server.ended) return
    this.#send(wallMs, side, FLAG.rst | FLAG.ack)
    client.ended = true
    server.ended = true
  }

  #send(wallMs: number, side: Side, flags: number, payload: Uint8Array = NOTHING, comment?: string): void {
    const from = this.#halves[side]
    const to = this.#halves[otherThan(side)]
    const segment = {
      sequence: from.sequence,
      acknowledgment: flags & FLAG.ack ? to.sequence : 0,
      flags,
      payload,
      ...(flags & FLAG.syn ? { mss: this.#mss } : {}),
    }
    const identification = this.#writer.nextIdentification()
    this.#writer.packet(wallMs, tcpPacket(from.endpoint, to.endpoint, identification, segment), comment)
    const counted = flags & (FLAG.syn | FLAG.fin) ? 1 : 0
    from.sequence = (from.sequence + payload.length + counted) >>> 0
  }
}

function otherThan(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}
