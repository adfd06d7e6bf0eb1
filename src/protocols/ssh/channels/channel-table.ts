// All channels of one connection by number, how many of each kind there may be, and where messages for them go.

import { FORWARD_WINDOW_BYTES, PACKET_DATA_BYTES, WINDOW_BYTES } from '../limits.ts'
import { DISCONNECT, OPEN_FAILURE } from '../messages.ts'
import type { ChannelConfirmation, ChannelOpen, ForwardedOrigin } from '../transport/library.ts'
import type { Link } from '../transport/link.ts'
import { ChannelStream } from './channel-stream.ts'

export type ChannelKind = 'session' | 'forward'

export interface TableOptions {
  readonly link: Link
  readonly most: Readonly<Record<ChannelKind, number>>
  /** The peer does what it may not; the connection closes. */
  abused(what: string): void
}

/** A place for a channel that is being opened. */
export interface Reserved {
  readonly local: number
  readonly kind: ChannelKind
}

interface Opening extends Reserved {
  opened(channel: ChannelStream): void
  failed(): void
}

export type OpenFailure = (typeof OPEN_FAILURE)[keyof typeof OPEN_FAILURE]

export class ChannelTable {
  readonly #options: TableOptions
  readonly #channels = new Map<number, ChannelStream>()
  /** Asked for by us, not answered yet. */
  readonly #openings = new Map<number, Opening>()
  readonly #count: Record<ChannelKind, number> = { session: 0, forward: 0 }
  #next = 0

  constructor(options: TableOptions) {
    this.#options = options
  }

  /** `undefined`: there are as many as there may be. */
  reserve(kind: ChannelKind): Reserved | undefined {
    if (this.#count[kind] >= this.#options.most[kind]) return undefined
    this.#count[kind]++
    return { local: this.#next++, kind }
  }

  /** Says yes to the peer. */
  confirm(reserved: Reserved, open: ChannelOpen): ChannelStream {
    const channel = this.#add(reserved, open)
    const windowBytes = windowOf(reserved.kind)
    this.#options.link.enter((engine) =>
      engine.channelOpenConfirm(open.sender, reserved.local, windowBytes, PACKET_DATA_BYTES),
    )
    return channel
  }

  refuse(reserved: Reserved | undefined, open: ChannelOpen, reason: OpenFailure, text: string): void {
    if (reserved !== undefined) this.#count[reserved.kind]--
    this.#options.link.enter((engine) => engine.channelOpenFail(open.sender, reason, text))
  }

  /** Asks the peer to take a stream that has come to a port that it listens on (RFC 4254 §7.2). */
  openForwarded(origin: ForwardedOrigin, opened: (channel: ChannelStream) => void, failed: () => void): void {
    const reserved = this.reserve('forward')
    if (reserved === undefined) return failed()
    this.#openings.set(reserved.local, { ...reserved, opened, failed })
    this.#options.link.enter((engine) =>
      engine.forwardedTcpip(reserved.local, FORWARD_WINDOW_BYTES, PACKET_DATA_BYTES, origin),
    )
  }

  confirmed(confirmation: ChannelConfirmation): void {
    const opening = this.#takeOpening(confirmation.recipient)
    opening?.opened(this.#add(opening, confirmation))
  }

  refused(local: number): void {
    const opening = this.#takeOpening(local)
    if (opening === undefined) return
    this.#count[opening.kind]--
    opening.failed()
  }

  get(local: number): ChannelStream | undefined {
    const channel = this.#channels.get(local)
    if (channel === undefined) this.#abuse(`a message for channel ${local}, which is not open`)
    return channel
  }

  received(local: number, data: Buffer): void {
    const channel = this.get(local)
    if (channel?.receive(data) === false) this.#abuse('more data than the window of the channel')
  }

  widened(local: number, bytes: number): void {
    if (this.get(local)?.widen(bytes) === false) this.#abuse('a window wider than windows may be')
  }

  /** There is room on the connection: those that wait send, in turns. */
  pump(): void {
    const waiting = [...this.#channels].filter(([, channel]) => channel.waits)
    for (const [local, channel] of waiting) {
      if (!this.#options.link.hasRoom) return
      channel.pump()
      // Next time the others come first.
      if (channel.waits && this.#channels.delete(local)) this.#channels.set(local, channel)
    }
  }

  lost(): void {
    for (const channel of this.#channels.values()) channel.lost()
    for (const opening of this.#openings.values()) opening.failed()
    this.#channels.clear()
    this.#openings.clear()
  }

  #add({ local, kind }: Reserved, remote: Pick<ChannelOpen, 'sender' | 'window' | 'packetSize'>): ChannelStream {
    const { link } = this.#options
    const channel: ChannelStream = new ChannelStream({
      link,
      local,
      remote: { channel: remote.sender, window: remote.window, packetSize: Math.max(1, remote.packetSize) },
      windowBytes: windowOf(kind),
      closed: () => {
        this.#channels.delete(local)
        this.#count[kind]--
      },
    })
    // Whoever reads it hears of its end; nothing can be told to a peer that broke it.
    channel.on('error', () => undefined)
    channel.stderr.on('error', () => undefined)
    this.#channels.set(local, channel)
    return channel
  }

  #takeOpening(local: number): Opening | undefined {
    const opening = this.#openings.get(local)
    if (opening === undefined) this.#abuse(`an answer for channel ${local}, which nobody opened`)
    this.#openings.delete(local)
    return opening
  }

  #abuse(what: string): void {
    this.#options.abused(what)
    this.#options.link.disconnect(DISCONNECT.protocolError)
  }
}

function windowOf(kind: ChannelKind): number {
  return kind === 'session' ? WINDOW_BYTES : FORWARD_WINDOW_BYTES
}
