// One FTP control connection at the server (RFC 959 §4): reads a command, looks whether it is legal now, obeys, and reads the
// next. While a transfer is under way it hears ABOR and STAT; anything else waits for its end.

import type { CloseReason, StreamIo, StreamMachine } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { readCommand } from '../codec/command.ts'
import { encodeReply, reply } from '../codec/reply.ts'
import { BAD_COMMANDS_MAX, COMMAND_LINE_MAX_BYTES, type BadCommand, type Command, type Reply } from '../messages.ts'
import { PHASES, type Phase } from '../policy.ts'
import type { FtpContext } from './context.ts'
import { FILE_COMMANDS } from './file-commands.ts'
import { BEFORE_LOGIN } from './legality.ts'
import { Login, type LoginStep } from './login.ts'
import { PARAMETERS } from './parameters.ts'
import { Session } from './session.ts'
import { ACCEPT, TransferDesk, type TransferHost } from './transfer-desk.ts'
import { isTransfer } from './transfers.ts'

/** `held`: a refusal is kept back. */
type State = 'open' | 'held' | 'over'

const SILENCE = 'silence'
const REBUFF = 'rebuff'
const LF = 10
const CR = 13
/** ABOR, a CR, and Telnet's IP and Synch before it. */
const URGENT_MAX_BYTES = 16
const CRLF_BYTES = 2
/** An implicit start of TLS stands for all of it (draft-murray-auth-ftp-ssl §7). */
const PROTECTIONS = { TLS: 'C', 'TLS-C': 'C', SSL: 'P', 'TLS-P': 'P' } as const

export class FtpConnection implements StreamMachine, TransferHost {
  readonly #io: StreamIo
  readonly #context: FtpContext
  readonly #login: Login
  readonly #desk: TransferDesk
  #session: Session
  #state: State = 'open'
  #heardMs = 0
  #bad = 0
  #counted = false
  #skipping = false
  /** An ABOR was obeyed before its LF had come. */
  #isLfOwed = false
  #refusal: Reply | undefined
  #endsAfterRefusal = false
  /** What the next final reply answers. */
  #command: Command | BadCommand | undefined
  /** Waits for the end of a transfer. */
  #next: Command | BadCommand | undefined

  constructor(io: StreamIo, context: FtpContext) {
    this.#io = io
    this.#context = context
    this.#login = new Login(io, context)
    this.#desk = new TransferDesk(io, context, this)
    this.#session = new Session(io.tls === undefined ? 'C' : 'P')
  }

  opened(): void {
    const { peers, limits, log, host } = this.#context
    this.#heardMs = this.#io.now
    this.#counted = peers.enter(this.#io.peer.ip)
    if (!this.#counted) {
      log.abuse(this.#io, `more than ${limits.connectionsMax} connections from ${this.#io.peer.ip}`)
      return this.#dismiss(reply(421, 'There are too many connections from your internet address.'))
    }
    if (this.#isOverruled('connect')) return this.#over()
    this.say(reply(220, `${host} FTP server ready`))
    this.#io.wakeAt(SILENCE, this.#io.now + limits.loginMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'over') inbox.clear()
    if (this.#state !== 'open' || this.#next !== undefined) return false
    if (this.#isLfOwed && inbox.length > 0) this.#takeOwedLf(inbox)
    const line = inbox.line(COMMAND_LINE_MAX_BYTES - CRLF_BYTES, true)
    if (line === 'more') return this.#urgentAbort(inbox)
    if (line === 'too-long') return this.#skip(inbox)
    if (this.#session.visitor !== undefined) this.#heardMs = this.#io.now
    if (this.#skipping) this.#tooLong()
    else this.#line(line)
    return true
  }

  woke(timer: string): void {
    if (timer === REBUFF) return this.#rebuff()
    if (timer === ACCEPT) return this.#desk.woke(timer)
    if (timer === SILENCE) this.#silence()
  }

  /** A client that leaves in the middle of a transfer has given it up, unless it said QUIT. */
  ended(): void {
    if (this.#state === 'over') return
    if (this.#desk.isBusy && this.#next?.kind === 'command' && this.#next.verb === 'QUIT') return
    this.#over()
  }

  closed(_reason: CloseReason): void {
    if (this.#counted) this.#context.peers.leave(this.#io.peer.ip)
    this.#counted = false
    this.#leave()
    this.#state = 'over'
  }

  get session(): Session {
    return this.#session
  }

  say(answer: Reply): void {
    this.#io.send(encodeReply(answer))
    const command = this.#command
    if (command === undefined || answer.code < 200) return
    this.#command = undefined
    if (answer.code < 500 || answer.code >= 550) this.#bad = 0
    this.#context.log.command(this.#io, command, answer, this.#session.visitor?.user)
  }

  /** In place of an event for the command there is one for the transfer. */
  transferred(answer: Reply): void {
    this.#command = undefined
    this.#heardMs = this.#io.now
    this.say(answer)
    const next = this.#next
    this.#next = undefined
    if (next !== undefined && this.#state === 'open') this.#obey(next)
  }

  /**
   * Clients send ABOR as urgent data (RFC 959 §4.1.3). The urgent byte is the last one, the LF, and does not come in line
   * (RFC 6093 §3.2); where it does, it comes behind.
   */
  #urgentAbort(inbox: Inbox): boolean {
    if (this.#skipping || inbox.length > URGENT_MAX_BYTES || inbox.byte(inbox.length - 1) !== CR) return false
    const { command } = readCommand(inbox.peek(inbox.length - 1))
    if (command.kind !== 'command' || command.verb !== 'ABOR') return false
    inbox.clear()
    this.#isLfOwed = true
    this.#take(command)
    return true
  }

  #takeOwedLf(inbox: Inbox): void {
    this.#isLfOwed = false
    if (inbox.byte(0) === LF) inbox.skip(1)
  }

  /** A line that never ends is dropped as it comes. */
  #skip(inbox: Inbox): boolean {
    this.#skipping = true
    if (inbox.skipLine()) this.#tooLong()
    return true
  }

  #tooLong(): void {
    this.#skipping = false
    this.#take({ kind: 'bad', code: 500, reason: 'The line is too long.' })
  }

  #line(line: Uint8Array): void {
    const { command, answer } = readCommand(line)
    if (answer.length > 0) this.#io.send(answer)
    this.#take(command)
  }

  #take(command: Command | BadCommand): void {
    if (!this.#desk.isBusy) this.#obey(command)
    else if (!this.#desk.heard(command)) this.#next = command
  }

  #obey(command: Command | BadCommand): void {
    this.#command = command
    if (command.kind === 'bad') return this.#badCommand(reply(command.code, command.reason))
    const { verb, argument } = command
    const isBefore = this.#session.visitor === undefined
    if (isBefore && !BEFORE_LOGIN.has(verb)) return this.#badCommand(reply(530, 'Please login with USER and PASS.'))
    const phase = verb.toLowerCase()
    if (isPhase(phase) && this.#isOverruled(phase)) return
    if (verb !== 'RNTO') this.#session.renameFrom = undefined
    const parameter = PARAMETERS[verb]
    if (parameter !== undefined) return this.say(parameter(this.#session, argument, this.#io.tls !== undefined))
    const files = FILE_COMMANDS[verb]
    if (isTransfer(verb)) this.#desk.open(command)
    else if (files !== undefined && (verb !== 'STAT' || argument !== '')) this.#askFiles(command)
    else this.#converse(command)
  }

  #askFiles({ verb, argument }: Command): void {
    const { visitor } = this.#session
    if (visitor === undefined) return
    const answer = FILE_COMMANDS[verb]?.(this.#session, visitor.tree, argument, this.#io.wallMs)
    if (answer instanceof Promise) this.#io.ask(answer, (told) => this.say(told))
    else if (answer !== undefined) this.say(answer)
  }

  /** What concerns the conversation itself. */
  #converse({ verb, argument }: Command): void {
    switch (verb) {
      case 'USER':
      case 'HOST':
        if (this.#session.visitor !== undefined) return this.say(reply(503, 'You are logged in already.'))
        return this.#loginStep(verb === 'USER' ? this.#login.user(argument) : this.#login.host(argument))
      case 'PASS':
        if (this.#session.visitor !== undefined) return this.say(reply(230, 'Already logged in.'))
        return this.#loginStep(this.#login.pass(argument))
      case 'AUTH':
        return this.#startTls(argument.toUpperCase())
      case 'CCC':
        return this.say(reply(534, 'TLS stays on for the whole conversation.'))
      case 'REIN':
        return this.#reinitialize()
      case 'ABOR':
        return this.say(this.#desk.abortNothing())
      case 'STAT':
        return this.say(this.#status())
      case 'PASV':
      case 'EPSV':
        return this.#desk.passive(verb, argument)
      case 'PORT':
      case 'EPRT':
        return this.#desk.active(verb, argument)
      case 'QUIT':
        return this.#dismiss(reply(221, 'Goodbye.'))
      default:
        this.#badCommand(reply(502, 'It is not implemented.'))
    }
  }

  /** RFC 4217 §4. What was sent behind the command and before the handshake is dropped by `secure`. */
  #startTls(mechanism: string): void {
    if (this.#io.tls !== undefined) return this.say(reply(503, 'TLS is on already.'))
    if (this.#session.visitor !== undefined) return this.say(reply(503, 'AUTH comes before the login.'))
    if (!isMechanism(mechanism)) return this.#badCommand(reply(504, 'Unknown AUTH type.'))
    this.#login.cancel()
    this.#session.protection = PROTECTIONS[mechanism]
    this.say(reply(234, 'Proceed with negotiation.'))
    this.#io.secure({ side: 'server', session: 'own' }, () => undefined)
  }

  /** RFC 959 §4.1.1; under TLS, which would have to end (RFC 4217 §11), it is refused. */
  #reinitialize(): void {
    if (this.#io.tls !== undefined) return this.say(reply(502, 'REIN is not implemented under TLS.'))
    this.#leave()
    this.#login.cancel()
    this.#session = new Session('C')
    this.#heardMs = this.#io.now
    this.say(reply(220, `${this.#context.host} FTP server ready`))
  }

  #loginStep(step: LoginStep): void {
    switch (step.kind) {
      case 'say':
        return this.say(step.reply)
      case 'dismiss':
        return this.#dismiss(step.reply)
      case 'failed':
        return this.#loginFailed(step.name, step.reason)
      case 'done':
        return this.#admit(step.visitor)
    }
  }

  #loginFailed(name: string, reason: string): void {
    const { logins, log } = this.#context
    const { delayMs, close, shut } = logins.failed(this.#io.peer.ip, this.#login.countFailure(), this.#io.now)
    log.loginFailed(this.#io, name, reason)
    if (shut) log.abuse(this.#io, `${this.#io.peer.ip} is shut out after too many bad logins`)
    this.#state = 'held'
    this.#refusal = reply(530, 'Login incorrect.')
    this.#endsAfterRefusal = close
    this.#io.wakeAt(REBUFF, this.#io.now + delayMs)
  }

  #rebuff(): void {
    if (this.#state !== 'held' || this.#refusal === undefined) return
    this.#state = 'open'
    this.say(this.#refusal)
    if (this.#endsAfterRefusal) this.#over()
  }

  #admit(visitor: NonNullable<Session['visitor']>): void {
    const { sessions, logins, log, limits } = this.#context
    if (this.#isOverruled('login', visitor.user)) return
    if (!sessions.enter(visitor.user)) {
      log.abuse(this.#io, `more than ${limits.sessionsMax} sessions of ${visitor.user}`)
      return this.#dismiss(reply(421, 'There are too many sessions of this user.'))
    }
    logins.succeeded(this.#io.peer.ip)
    this.#session.visitor = visitor
    this.#heardMs = this.#io.now
    this.#bad = 0
    log.loggedIn(this.#io, visitor.user, this.#io.tls !== undefined)
    this.say(reply(230, 'Login successful.'))
  }

  /** RFC 959 §4.1.3, without a path. */
  #status(): Reply {
    const { visitor, type, protection } = this.#session
    const lines = [
      ` Connected to ${this.#io.peer.ip}`,
      visitor === undefined ? ' Not logged in' : ` Logged in as ${visitor.user}`,
      ` TYPE: ${type === 'A' ? 'ASCII' : 'BINARY'}`,
      ` Control connection is ${this.#io.tls === undefined ? 'plain text' : 'encrypted'}`,
      ` Data connections will be ${protection === 'C' ? 'plain text' : 'encrypted'}`,
    ]
    return reply(211, `${this.#context.host} FTP server status:`, ...lines, 'End of status')
  }

  #silence(): void {
    if (this.#state === 'over') return
    const { loginMs, idleMs } = this.#context.limits
    const until = this.#heardMs + (this.#session.visitor === undefined ? loginMs : idleMs)
    if (this.#desk.isBusy || this.#io.now < until) {
      return this.#io.wakeAt(SILENCE, Math.max(until, this.#io.now + idleMs))
    }
    this.#dismiss(reply(421, 'Timeout.'))
  }

  /** Whether the owner has something else to say here than would be said; it is said then. */
  #isOverruled(phase: Phase, user = this.#session.visitor?.user): boolean {
    const answer = this.#context.policy.overrule(phase, { peer: this.#io.peer.ip, user })
    if (answer === undefined) return false
    if (answer === 'hang-up') this.#over()
    else if (answer.code === 421) this.#dismiss(answer)
    else this.say(answer)
    return true
  }

  #badCommand(answer: Reply): void {
    if (++this.#bad < BAD_COMMANDS_MAX) return this.say(answer)
    this.#context.log.abuse(this.#io, `${BAD_COMMANDS_MAX} bad commands in a row`)
    this.#dismiss(reply(421, 'Too many bad commands.'))
  }

  #dismiss(answer: Reply): void {
    this.say(answer)
    this.#over()
  }

  #over(): void {
    this.#leave()
    this.#state = 'over'
    for (const timer of [SILENCE, REBUFF]) this.#io.cancel(timer)
    this.#io.end()
  }

  /** A transfer that is under way is given up; what has arrived is kept. */
  #leave(): void {
    const { visitor } = this.#session
    this.#next = undefined
    this.#desk.leave()
    if (visitor !== undefined) this.#context.sessions.leave(visitor.user)
    this.#session.visitor = undefined
  }
}

function isPhase(word: string): word is Phase {
  return PHASES.some((phase) => phase === word)
}

function isMechanism(word: string): word is keyof typeof PROTECTIONS {
  return Object.hasOwn(PROTECTIONS, word)
}
