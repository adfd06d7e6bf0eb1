// One message at the server from its first octet to the reply: read, checked, taken. The connection owns the envelope and
// speaks; this says what.

import { type PostFailure, type StreamIo, type TakenMail, type UserView } from '../../../core/index.ts'
import type { Verdict } from '../authentication/index.ts'
import { ChunkReader, DataReader, Gathered, type MessageFault } from '../codec/data.ts'
import type { Reply } from '../messages.ts'
import type { Role } from '../policy.ts'
import type { SmtpContext } from './context.ts'
import type { Envelope } from './envelope.ts'
import type { Read } from './intake.ts'
import { CHECK_MAX_MS } from './limits.ts'
import * as say from './replies.ts'
import type { Origin } from './trace-fields.ts'

/** The connection's timer for a check that takes too long. */
export const CHECK_TIMER = 'check'

const FAULTS: Readonly<Record<MessageFault, Reply>> = {
  'bare-cr': say.BARE_CR,
  'bare-lf': say.BARE_LF,
  'no-room': say.NO_ROOM,
  nul: say.HAS_NUL,
  'too-big': say.TOO_BIG,
}

export interface DeliveryStart {
  readonly io: StreamIo
  readonly context: SmtpContext
  readonly role: Role
  readonly envelope: Envelope
  readonly origin: Origin
  readonly user: UserView | undefined
}

export class Delivery {
  readonly #start: DeliveryStart
  readonly #gathered: Gathered
  readonly #reader: DataReader | ChunkReader
  #taking: { readonly read: Read; readonly outcome: Promise<TakenMail | PostFailure> } | undefined
  #decide: ((verdict: Verdict) => void) | undefined
  #released = false

  constructor(start: DeliveryStart, by: 'DATA' | 'BDAT') {
    const { limits, flight } = start.context
    this.#start = start
    this.#gathered = new Gathered(limits.messageMaxBytes, (bytes) => flight.reserve(bytes))
    const isBinary = start.envelope.mail.body === 'BINARYMIME'
    this.#reader = by === 'DATA' ? new DataReader(this.#gathered) : new ChunkReader(this.#gathered, isBinary)
  }

  get reader(): DataReader | ChunkReader {
    return this.#reader
  }

  /** What is wrong with what came so far. */
  get fault(): Reply | undefined {
    const { fault } = this.#gathered
    return fault === undefined ? undefined : FAULTS[fault]
  }

  /** All is there: `then` hears the reply, once the mail is kept or refused. */
  finish(then: (reply: Reply) => void): void {
    if (this.#reader instanceof ChunkReader) this.#reader.finish()
    const { io, context, envelope, origin, user } = this.#start
    if (this.fault !== undefined) return this.#refuse(this.fault, undefined, then)
    const read = context.intake.read(envelope, this.#gathered.pieces(), origin, user, io.wallMs)
    if ('code' in read) return this.#refuse(read, undefined, then)
    const verdict = this.#check(read)
    if (!(verdict instanceof Promise)) return this.#judge(read, verdict, then)
    io.ask(verdict, (found) => {
      io.cancel(CHECK_TIMER)
      this.#judge(read, found, then)
    })
  }

  /** The check has had its time. */
  woke(): void {
    const { authenticator } = this.#start.context
    if (authenticator !== undefined) this.#decide?.(authenticator.undecided())
  }

  /** The connection is gone: what is being kept is told of nevertheless. */
  abandon(): void {
    const { io } = this.#start.context
    const taking = this.#taking
    if (taking !== undefined) io.ask(taking.outcome, (taken) => this.#tell(io, taking.read, taken))
    this.#release()
  }

  /** Only mail of strangers is checked, at once where the answer is known. */
  #check({ content, envelope }: Read): Verdict | Promise<Verdict> | undefined {
    const { io, context, role, origin } = this.#start
    const { authenticator, addresses } = context
    if (authenticator === undefined || role !== 'mx' || addresses.includes(io.peer.ip)) return undefined
    const { sender } = envelope
    const mail = { content, peerIp: io.peer.ip, helo: origin.helo, sender, wallMs: io.wallMs }
    const found = authenticator.authenticate(mail)
    if (!(found instanceof Promise)) return found
    io.wakeAt(CHECK_TIMER, io.now + CHECK_MAX_MS)
    return new Promise((resolve) => {
      this.#decide = resolve
      void found.then(resolve)
    })
  }

  #judge(read: Read, verdict: Verdict | undefined, then: (reply: Reply) => void): void {
    const { io, context } = this.#start
    if (context.enforce && verdict?.policy === 'reject') return this.#refuse(say.DMARC_REJECT, read, then)
    const outcome = context.intake.take(read, verdict, io.wallMs)
    this.#taking = { read, outcome }
    io.ask(outcome, (taken) => {
      this.#taking = undefined
      this.#tell(io, read, taken)
      this.#release()
      then(context.intake.replyFor(taken, read))
    })
  }

  #refuse(refusal: Reply, read: Read | undefined, then: (reply: Reply) => void): void {
    this.#tellRefusal(this.#start.io, refusal, read)
    this.#release()
    then(refusal)
  }

  #tell(emitter: Pick<StreamIo, 'emit' | 'now'>, read: Read, taken: TakenMail | PostFailure): void {
    const { log, intake } = this.#start.context
    const { envelope, user, queueId, name, content } = read
    if ('kind' in taken) return this.#tellRefusal(emitter, intake.replyFor(taken, read), read)
    const { sender, addresses } = envelope
    log.taken(emitter, {
      mail: name,
      from: sender,
      to: addresses,
      bytes: content.length,
      queue: queueId,
      user: user?.address,
    })
  }

  #tellRefusal(emitter: Pick<StreamIo, 'emit' | 'now'>, refusal: Reply, read: Read | undefined): void {
    const { context, envelope } = this.#start
    context.log.refused(emitter, refusal, {
      mail: read?.name,
      from: envelope.sender,
      to: envelope.addresses.join(' '),
    })
  }

  #release(): void {
    if (this.#released) return
    this.#released = true
    this.#start.context.flight.release(this.#gathered.reserved)
  }
}
