// Events of an FTP server: logins, what was said and answered, and what was transferred. Commands and transfers are told one by
// one while there are few, and as a sum when there are many.

import { EventBudget, type Io } from '../../../core/index.ts'
import { describeCommand, describeReply, shown } from '../describe.ts'
import type { BadCommand, Command, Reply } from '../messages.ts'

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit' | 'now'>

export interface TransferNote {
  readonly command: Command
  /** Absolute, within the user's place. */
  readonly path: string
  readonly user: string
  readonly bytes: number
  readonly tls: boolean
}

export class SessionLog {
  readonly #io: Io
  readonly #commands: EventBudget
  readonly #transfers: EventBudget

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#commands = new EventBudget(io, 'ftp-commands', (commands) => this.#tellCommands(commands))
    this.#transfers = new EventBudget(io, 'ftp-transfers', (transfers, bytes) => this.#tellTransfers(transfers, bytes))
  }

  loggedIn(emitter: Emitter, user: string, tls: boolean): void {
    emitter.emit({ kind: 'ftp.login', summary: `${user} logged in`, detail: { user, tls } })
  }

  loginFailed(emitter: Emitter, name: string, reason: string): void {
    const user = shown(name)
    const summary = `login as ${user} refused: ${reason}`
    emitter.emit({ kind: 'ftp.login-failed', summary, severity: 'warning', detail: { user, reason } })
  }

  command(emitter: Emitter, command: Command | BadCommand, answer: Reply, user: string | undefined): void {
    if (!this.#commands.takes(emitter.now)) return
    const said = describeCommand(command)
    const answered = describeReply(answer)
    emitter.emit({
      kind: 'ftp.command',
      summary: `${said}: ${answered}`,
      severity: answer.code < 400 ? 'detail' : 'info',
      detail: { command: said, code: answer.code, reply: answered, ...(user === undefined ? {} : { user }) },
    })
  }

  transferred(emitter: Emitter, note: TransferNote, answer: Reply): void {
    if (!this.#transfers.takes(emitter.now, note.bytes)) return
    const path = shown(note.path)
    const { user, bytes, tls } = note
    const { verb } = note.command
    const outcome = describeReply(answer)
    emitter.emit({
      kind: 'ftp.transfer',
      summary: `${verb} ${path}, ${bytes} bytes: ${outcome}`,
      detail: { command: verb, path, user, bytes, tls, code: answer.code, outcome },
      ...(answer.code < 400 ? {} : { severity: 'warning' as const }),
    })
  }

  abuse(emitter: Emitter, what: string): void {
    emitter.emit({ kind: 'ftp.abuse', summary: what, severity: 'warning' })
  }

  woke(timer: string): void {
    this.#commands.woke(timer)
    this.#transfers.woke(timer)
  }

  #tellCommands(commands: number): void {
    const summary = `${commands} further commands within a second`
    this.#io.emit({ kind: 'ftp.commands', summary, detail: { commands } })
  }

  #tellTransfers(transfers: number, bytes: number): void {
    const summary = `${transfers} further transfers within a second, ${bytes} bytes`
    this.#io.emit({ kind: 'ftp.transfers', summary, detail: { transfers, bytes } })
  }
}
