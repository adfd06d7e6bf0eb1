// The transfers of one session, one at a time: how their data connection comes to stand, what is said when, and how they end.

import { isFailure, type Address, type Failure, type StreamIo } from '../../../core/index.ts'
import { formatExtendedPassive, formatPassive } from '../codec/address.ts'
import { encodeReply, reply } from '../codec/reply.ts'
import type { BadCommand, Command, Reply } from '../messages.ts'
import type { FtpContext } from './context.ts'
import { DataDoor } from './data-door.ts'
import { namedAddress, passiveRefusal } from './data-terms.ts'
import type { JobOutcome } from './job.ts'
import type { Session } from './session.ts'
import { openTransfer, type OpenedTransfer } from './transfers.ts'

/** The control connection, as far as transfers are concerned. */
export interface TransferHost {
  readonly session: Session
  /** The answer to the command that was obeyed last. */
  say(answer: Reply): void
  /** A transfer has ended: `answer` is its last word. */
  transferred(answer: Reply): void
}

interface Transfer extends OpenedTransfer {
  readonly command: Command
  readonly user: string
  readonly tls: boolean
}

export const ACCEPT = 'accept'

export class TransferDesk {
  readonly #io: StreamIo
  readonly #context: FtpContext
  readonly #host: TransferHost
  readonly #door: DataDoor
  #transfer: Transfer | undefined
  #hasToldBounce = false
  /** How many sessions have ended here. */
  #sessionsLeft = 0

  /** `io`: the control connection's. */
  constructor(io: StreamIo, context: FtpContext, host: TransferHost) {
    this.#io = io
    this.#context = context
    this.#host = host
    this.#door = new DataDoor(io, context.passivePorts)
  }

  /** Whether a transfer is under way, its data connection included. */
  get isBusy(): boolean {
    return this.#transfer !== undefined
  }

  passive(verb: 'PASV' | 'EPSV', argument: string): void {
    const family = this.#io.local.ip.includes(':') ? 6 : 4
    const refused = passiveRefusal(verb, argument, family, this.#host.session)
    if (refused !== undefined) return this.#host.say(refused)
    const opened = new Promise<Address | Failure>((resolve) => this.#door.listen(verb, resolve))
    this.#io.ask(opened, (local) => this.#host.say(passiveReply(verb, local)))
  }

  active(verb: 'PORT' | 'EPRT', argument: string): void {
    const named = namedAddress(verb, argument, this.#io.peer.ip, this.#host.session)
    if (named.kind === 'bounce') this.#tellBounce(named.what)
    if (named.kind !== 'address') return this.#host.say(named.reply)
    this.#door.dial(named.address, verb)
    this.#host.say(reply(200, `${verb} command successful. Consider using ${verb === 'PORT' ? 'PASV' : 'EPSV'}.`))
  }

  /** Once a conversation: whoever asks a thousand times is told of once. */
  #tellBounce(what: string): void {
    if (!this.#hasToldBounce) this.#context.log.abuse(this.#io, what)
    this.#hasToldBounce = true
  }

  open(command: Command): void {
    const { session } = this.#host
    const refused = this.#refusal(session)
    if (refused !== undefined || session.visitor === undefined) return this.#host.say(refused ?? reply(530, 'Log in.'))
    const { user, tree } = session.visitor
    const io = this.#io
    const { io: service, limits, blocks } = this.#context
    const tls = session.protection === 'P' && io.tls !== undefined
    let transfer: Transfer | undefined
    const done = (outcome: JobOutcome) => io.ask(outcome, (told) => this.#done(transfer, told))
    const its = { session, tree, command, isPrivate: tls, done, blocks }
    const terms = { ...its, io: service, control: io, wallMs: io.wallMs, stallMs: limits.stallMs }
    const left = this.#sessionsLeft
    const opening = openTransfer(terms).then((opened) => {
      if (left !== this.#sessionsLeft && 'job' in opened) opened.job.abort('lost')
      return opened
    })
    io.ask(opening, (opened) => {
      if (left !== this.#sessionsLeft) return
      if (!('job' in opened)) return this.#host.say(opened)
      transfer = { ...opened, command, user, tls }
      this.#begin(transfer)
    })
  }

  /** What is heard while a transfer is under way; `false`: it has to wait. */
  heard(command: Command | BadCommand): boolean {
    const transfer = this.#transfer
    if (transfer === undefined || command.kind === 'bad') return false
    if (command.verb === 'ABOR') this.#abort(transfer)
    else if (command.verb === 'STAT' && command.argument === '') this.#tellProgress(transfer)
    else return false
    return true
  }

  /** RFC 959 §4.1.3: ABOR where there is no transfer. */
  abortNothing(): Reply {
    const was = this.#door.isReady
    this.#door.close()
    return was ? reply(225, 'No transfer to ABOR; the data connection is closed.') : reply(226, 'No transfer to ABOR.')
  }

  woke(timer: string): void {
    if (timer === ACCEPT) this.#noData()
  }

  /** The session ends: what is under way is given up, and what has arrived of it is kept. */
  leave(): void {
    this.#sessionsLeft++
    const transfer = this.#transfer
    this.#transfer = undefined
    this.#door.close()
    if (transfer === undefined) return
    this.#note(transfer, reply(426, 'The client left.'), transfer.job.bytes)
    transfer.job.abort('lost')
  }

  #refusal(session: Session): Reply | undefined {
    if (!this.#door.isReady) return reply(425, 'Use PORT or PASV first.')
    if (!this.#context.tlsRequired || session.protection === 'P') return undefined
    return reply(522, 'Data connections must be encrypted: PROT P comes first.')
  }

  #begin(transfer: Transfer): void {
    this.#transfer = transfer
    this.#io.wakeAt(ACCEPT, this.#io.now + this.#context.limits.acceptMs)
    this.#door.take((stream) => {
      if (isFailure(stream)) return this.#noData()
      this.#io.cancel(ACCEPT)
      this.#host.say(transfer.opening)
      const security = { session: this.#io.tls?.session, reuse: this.#context.sessionReuse }
      stream.start(transfer.job, transfer.tls ? security : undefined)
    })
  }

  /** No data connection came to stand. */
  #noData(): void {
    const transfer = this.#transfer
    if (transfer === undefined) return
    this.#door.close()
    transfer.job.abort('aborted')
    this.#done(transfer, { reply: reply(425, 'Failed to establish connection.'), bytes: 0 })
  }

  #done(transfer: Transfer | undefined, { reply: told, bytes }: JobOutcome): void {
    if (transfer === undefined || transfer !== this.#transfer) return
    this.#transfer = undefined
    this.#io.cancel(ACCEPT)
    this.#note(transfer, told, bytes)
    this.#host.transferred(told)
  }

  /** RFC 959 §4.1.3: 426 for the transfer, 226 for ABOR. */
  #abort(transfer: Transfer): void {
    this.#door.close()
    const { bytes } = transfer.job
    transfer.job.abort('aborted')
    this.#io.send(encodeReply(reply(426, 'Transfer aborted.')))
    this.#transfer = undefined
    this.#io.cancel(ACCEPT)
    this.#note(transfer, reply(426, 'Transfer aborted.'), bytes)
    this.#host.transferred(reply(226, 'ABOR successful.'))
  }

  #tellProgress({ command, path, job }: Transfer): void {
    this.#io.send(encodeReply(reply(213, `${command.verb} ${path}: ${job.bytes} bytes so far.`)))
  }

  #note({ command, path, user, tls }: Transfer, told: Reply, bytes: number): void {
    this.#context.log.transferred(this.#io, { command, path, user, bytes, tls }, told)
  }
}

function passiveReply(verb: 'PASV' | 'EPSV', local: Address | Failure): Reply {
  if (isFailure(local)) return reply(425, 'There is no port for a data connection.')
  return verb === 'PASV' ? reply(227, formatPassive(local)) : reply(229, formatExtendedPassive(local.port))
}
