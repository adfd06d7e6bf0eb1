// Commands and their replies on one stream, in order, with a deadline for each (RFC 5321 §4.5.3.2). It knows no command.

import { failure, type Failure } from '../../../core/failure.ts'
import type { StreamIo } from '../../../core/io.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { formatReply, oneLine, ReplyReader } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import type { Phase, SessionEnd } from './outgoing.ts'

const MINUTE_MS = 60_000

/** How long a reply may take, milliseconds: RFC 5321 §4.5.3.2.1 to .6. STARTTLS and AUTH as MAIL; QUIT is ours. */
const REPLY_MS: Readonly<Record<Phase, number>> = {
  connect: 5 * MINUTE_MS,
  greeting: 5 * MINUTE_MS,
  hello: 5 * MINUTE_MS,
  starttls: 5 * MINUTE_MS,
  login: 5 * MINUTE_MS,
  reset: 5 * MINUTE_MS,
  mail: 5 * MINUTE_MS,
  recipient: 5 * MINUTE_MS,
  data: 2 * MINUTE_MS,
  content: 10 * MINUTE_MS,
  quit: 10_000,
}
/** How long a block of content may take to leave (RFC 5321 §4.5.3.2.5). */
const BLOCK_MS = 3 * MINUTE_MS
/** Octets of content handed over at once; the next follow when these have left. Four windows of 64 KiB. */
const BLOCK_BYTES = 262_144
const TIMER = 'reply'

/** RFC 5321 §3.8: the server goes, whatever was asked. */
const CLOSING = 421

export interface ConversationOptions {
  /** No reply may take longer, milliseconds. Default: what the RFC says. */
  readonly waitMaxMs?: number | undefined
  /** Hears each line, passwords left out. */
  readonly told?: ((from: 'client' | 'server', line: string) => void) | undefined
  /** It is over: the server said so, broke the protocol, or took too long. */
  broken(end: SessionEnd): void
}

interface Expected {
  readonly phase: Phase
  answered(reply: Reply): void
}

export class Conversation {
  readonly #io: StreamIo
  readonly #options: ConversationOptions
  readonly #expected: Expected[] = []
  readonly #replies = new ReplyReader()
  #pieces: Uint8Array[] = []

  constructor(io: StreamIo, options: ConversationOptions) {
    this.#io = io
    this.#options = options
  }

  /** Of the reply that is waited for. */
  get phase(): Phase | undefined {
    return this.#expected[0]?.phase
  }

  /** Content is still to be handed over. */
  get isSending(): boolean {
    return this.#pieces.length > 0
  }

  /** `line` with its CRLF. `shown`: what to tell in its place. */
  say(phase: Phase, line: string, then: (reply: Reply) => void, shown = line): void {
    this.#options.told?.('client', shown.trimEnd())
    this.#io.send(Buffer.from(line))
    this.expect(phase, then)
  }

  /** Waits for a reply that nothing has to be said for. */
  expect(phase: Phase, then: (reply: Reply) => void): void {
    this.#expected.push({ phase, answered: then })
    if (this.#expected.length === 1) this.#wait()
  }

  /** Sends content, as fast as it is taken. */
  sendContent(pieces: readonly Uint8Array[]): void {
    let octets = 0
    for (const piece of pieces) octets += piece.length
    this.#options.told?.('client', `(${octets} octets of content)`)
    if (octets > BLOCK_BYTES) this.#pieces = pieces.flatMap(blocksOf)
    else for (const piece of pieces) this.#io.send(piece)
    this.drained()
  }

  drained(): void {
    const block = this.#pieces.shift()
    if (block === undefined) return
    this.#io.send(block)
    if (this.isSending) this.#wakeIn(BLOCK_MS)
    else this.#wait()
  }

  /** As a machine's `received`. */
  received(inbox: Inbox): boolean {
    const result = this.#replies.take(inbox)
    if (result === 'more') return false
    if ('kind' in result) this.#broken(failure('EPROTO', result.reason))
    else this.#heard(result)
    return true
  }

  woke(timer: string): void {
    if (timer === TIMER) this.#broken(failure('ETIMEDOUT', `no reply in time (${this.phase ?? 'quit'})`))
  }

  /** Nothing more is waited for. */
  stop(): void {
    this.#expected.length = 0
    this.#pieces = []
    this.#io.cancel(TIMER)
  }

  #heard(reply: Reply): void {
    this.#options.told?.('server', formatReply(reply).trimEnd())
    const isClosing = reply.code === CLOSING && this.phase !== 'quit'
    if (isClosing) return this.#broken(failure('ECLOSING', oneLine(reply)), reply)
    const expected = this.#expected.shift()
    if (expected === undefined) return this.#broken(failure('EPROTO', 'a reply to nothing that was said'))
    this.#wait()
    expected.answered(reply)
  }

  #broken(why: Failure, reply?: Reply): void {
    const end = { phase: this.phase ?? 'quit', failure: why }
    this.#options.broken(reply === undefined ? end : { ...end, reply })
  }

  #wait(): void {
    if (this.phase === undefined) this.#io.cancel(TIMER)
    else this.#wakeIn(REPLY_MS[this.phase])
  }

  #wakeIn(ms: number): void {
    this.#io.wakeAt(TIMER, this.#io.now + Math.min(ms, this.#options.waitMaxMs ?? Infinity))
  }
}

function blocksOf(piece: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < piece.length; at += BLOCK_BYTES) blocks.push(piece.subarray(at, at + BLOCK_BYTES))
  return blocks
}
