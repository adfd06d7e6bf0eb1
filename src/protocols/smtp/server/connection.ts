// One SMTP connection at the server: reads a line or a piece of a message, looks whether the command is legal now, obeys, and
// reads on. Replies keep their order because nothing is read while one is under way (RFC 2920 §3.2).

import { isFailure, type CloseReason, type StreamIo, type StreamMachine } from '../../../core/index.ts'
import type { UserView } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { parseCommand } from '../codec/command.ts'
import { encodeReply } from '../codec/reply.ts'
import {
  AUTH_LINE_MAX_BYTES,
  COMMAND_LINE_MAX_BYTES,
  reply,
  type BadCommand,
  type Command,
  type Reply,
} from '../messages.ts'
import { HANG_UP, type Phase, type Role } from '../policy.ts'
import type { SmtpContext } from './context.ts'
import { CHECK_TIMER } from './delivery.ts'
import { greetingLines } from './greeting.ts'
import { illegal, LEGAL, type State } from './legality.ts'
import { REFUSED_RECIPIENTS_MAX } from './limits.ts'
import { takeLine } from './lines.ts'
import { Login, type LoginStep, type Rebuff } from './login.ts'
import { MailDesk, type Bringer, type DeskStep } from './mail-desk.ts'
import * as say from './replies.ts'
import { NOBODY } from './trace-fields.ts'

const SILENCE = 'silence'
const REBUFF = 'rebuff'

export class SmtpConnection implements StreamMachine {
  readonly #io: StreamIo
  readonly #context: SmtpContext
  readonly #role: Role
  readonly #login: Login
  readonly #desk: MailDesk
  #state: State = 'start'
  #origin = NOBODY
  #user: UserView | undefined
  #held: Omit<Rebuff, 'delayMs'> | undefined
  #heardMs = 0
  #idleCommands = 0
  #badCommands = 0
  #refusedRecipients = 0
  #counted = false
  #skipping = false

  constructor(io: StreamIo, context: SmtpContext, role: Role) {
    this.#io = io
    this.#context = context
    this.#role = role
    this.#login = new Login(io, context)
    this.#desk = new MailDesk(io, context, role)
  }

  opened(): void {
    const { peers, limits, log, host } = this.#context
    const { ip } = this.#io.peer
    this.#heardMs = this.#io.now
    this.#counted = peers.enter(ip)
    if (!this.#counted) {
      log.abuse(this.#io, `more than ${limits.connectionsMax} connections from ${ip}`)
      return this.#dismiss(say.TOO_MANY_CONNECTIONS)
    }
    if (this.#isOverruled('connect', undefined, true)) return
    this.#say(reply(220, undefined, `${host} ESMTP Portolan`))
    this.#io.wakeAt(SILENCE, this.#io.now + limits.idleMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'over') inbox.clear()
    if (this.#state === 'over' || this.#state === 'held') return false
    if (this.#state === 'content') return this.#content(inbox)
    if (this.#skipping) return this.#skip(inbox)
    const line = takeLine(inbox, this.#state === 'exchange' ? AUTH_LINE_MAX_BYTES : COMMAND_LINE_MAX_BYTES)
    if (line === 'more') return false
    if (line === 'too-long') return this.#skip(inbox)
    this.#heardMs = this.#io.now
    if (line === 'bare-lf') this.#bad(say.BARE_LF_COMMAND)
    else if (this.#state === 'exchange') this.#loginStep(this.#login.answer(line))
    else this.#command(parseCommand(line), inbox.length)
    return true
  }

  woke(timer: string): void {
    if (timer === REBUFF) return this.#rebuff()
    if (timer === CHECK_TIMER) return this.#desk.delivery?.woke()
    if (timer === SILENCE && this.#state !== 'over') this.#silence()
  }

  closed(_reason: CloseReason): void {
    if (this.#counted) this.#context.peers.leave(this.#io.peer.ip)
    this.#counted = false
    this.#desk.reset()
    this.#state = 'over'
  }

  #silence(): void {
    const { idleMs, messageMs } = this.#context.limits
    const { now } = this.#io
    const until = Math.min(
      this.#heardMs + idleMs,
      this.#state === 'content' ? this.#desk.sinceMs + messageMs : Infinity,
    )
    if (this.#state !== 'held' && now >= until) return this.#dismiss(say.LINE_MISSING)
    this.#io.wakeAt(SILENCE, Math.max(until, now + 1))
  }

  /** A line that never ends is dropped as it comes. */
  #skip(inbox: Inbox): boolean {
    this.#skipping = !inbox.skipLine()
    if (this.#skipping) return true
    this.#heardMs = this.#io.now
    this.#bad(say.LINE_TOO_LONG)
    return true
  }

  #command(command: Command | BadCommand, unread: number): void {
    if (command.kind === 'bad') return this.#badCommand(command)
    const { phase, isIdle } = LEGAL[command.kind]
    const refusal = illegal(command.kind, {
      state: this.#state,
      role: this.#role,
      isSecured: this.#io.tls !== undefined,
      isLoggedIn: this.#user !== undefined,
    })
    if (refusal !== undefined) return this.#refuse(command, refusal)
    if (isIdle && ++this.#idleCommands > this.#context.limits.idleCommandsMax) return this.#abuse(say.TOO_IDLE)
    if (phase !== undefined && this.#isCommandOverruled(command, phase)) return
    if (command.kind === 'STARTTLS' && unread > 0) {
      this.#context.log.abuse(this.#io, `${unread} bytes behind STARTTLS, before TLS: dropped`)
    }
    this.#obey(command)
  }

  #refuse(command: Command, refusal: Reply): void {
    if (command.kind === 'BDAT') return this.#discard(command.size, refusal)
    this.#bad(refusal)
  }

  #obey(command: Command): void {
    switch (command.kind) {
      case 'EHLO':
      case 'HELO':
        return this.#hello(command.kind === 'EHLO', command.name)
      case 'STARTTLS':
        return this.#startTls()
      case 'AUTH':
        return this.#loginStep(this.#login.begin(command.mechanism, command.initial))
      case 'MAIL':
        return this.#advance(this.#desk.mail(command, this.#user), 'mail')
      case 'RCPT':
        return this.#recipient(this.#desk.rcpt(command))
      case 'DATA':
        return this.#advance(this.#desk.data(this.#bringer()), 'content')
      case 'BDAT':
        return this.#chunk(command.size, command.last)
      case 'RSET':
        this.#reset()
        return this.#say(say.OK)
      case 'NOOP':
        return this.#say(say.OK)
      case 'HELP':
        return this.#say(say.HELP_TEXT)
      case 'VRFY':
        return this.#say(say.CANNOT_VERIFY)
      case 'EXPN':
        return this.#say(say.NO_EXPANSION)
      case 'QUIT':
        return this.#dismiss(reply(221, '2.0.0', 'goodbye'))
    }
  }

  /** RFC 5321 §4.1.4: a mail that was under way is dropped. */
  #hello(extended: boolean, helo: string): void {
    const { host, policy, limits } = this.#context
    const { peer, tls } = this.#io
    this.#origin = {
      helo,
      ip: peer.ip,
      name: policy.nameOf(peer.ip),
      extended,
      tls,
      loggedIn: this.#user !== undefined,
    }
    this.#reset()
    const mechanisms = this.#role === 'mx' || this.#user !== undefined ? [] : this.#login.mechanisms
    const lines = extended ? greetingLines(limits, tls !== undefined, mechanisms) : []
    this.#say(reply(250, undefined, `${host} greets ${helo}`, ...lines))
  }

  /** RFC 3207 §4.2: nothing that was said before counts. */
  #startTls(): void {
    this.#say(say.READY_FOR_TLS)
    this.#io.secure({ side: 'server' }, (result) => {
      if (isFailure(result)) return
      this.#origin = NOBODY
      this.#desk.reset()
      this.#state = 'start'
    })
  }

  /** What was said, and where it leads if it is no refusal. */
  #advance(words: Reply, state: State): void {
    if (words.code < 400) this.#state = state
    this.#say(words)
  }

  #recipient(words: Reply): void {
    if (words.code >= 400 && ++this.#refusedRecipients > REFUSED_RECIPIENTS_MAX) return this.#abuse(say.TOO_BAD)
    this.#advance(words, 'rcpt')
  }

  #bringer(): Bringer {
    return { origin: this.#origin, user: this.#user }
  }

  #chunk(bytes: number, isLast: boolean): void {
    this.#state = 'content'
    const step = this.#desk.chunk(this.#bringer(), bytes, isLast)
    if (step !== undefined) this.#deskStep(step)
  }

  #discard(bytes: number, refusal: Reply): void {
    this.#reset()
    if (bytes === 0) return this.#bad(refusal)
    this.#desk.discard(bytes, refusal)
    this.#state = 'content'
  }

  #content(inbox: Inbox): boolean {
    this.#heardMs = this.#io.now
    const step = this.#desk.take(inbox)
    if (step !== 'more') this.#deskStep(step)
    return true
  }

  #deskStep(step: DeskStep): void {
    this.#state = step.state === 'ready' && this.#origin === NOBODY ? 'start' : step.state
    if (step.kind === 'ended') this.#messageEnded()
    else if (step.kind === 'refused') this.#bad(step.reply)
    else this.#say(step.reply)
  }

  #messageEnded(): void {
    const { delivery, envelope } = this.#desk
    if (delivery?.fault === undefined && this.#isOverruled('message', envelope?.addresses)) return this.#reset()
    this.#desk.finish((outcome) => {
      if (outcome.code < 300) this.#idleCommands = 0
      this.#heardMs = this.#io.now
      this.#reset()
      this.#say(outcome)
    })
  }

  /** Between mails again, or before the greeting. */
  #reset(): void {
    this.#desk.reset()
    if (this.#state !== 'over') this.#state = this.#origin === NOBODY ? 'start' : 'ready'
  }

  #loginStep(step: LoginStep): void {
    switch (step.kind) {
      case 'challenge':
        this.#state = 'exchange'
        return this.#say(step.reply)
      case 'refused':
        this.#state = 'ready'
        return this.#bad(step.reply)
      case 'failed':
        return this.#loginFailed(step.name, step.reason)
      case 'done':
        return this.#loggedIn(step.user, step.by)
    }
  }

  #loggedIn(user: UserView, mechanism: string): void {
    const { log, logins } = this.#context
    this.#state = 'ready'
    this.#user = user
    if (this.#isOverruled('auth')) {
      this.#user = undefined
      return
    }
    logins.succeeded(this.#io.peer.ip)
    this.#origin = { ...this.#origin, loggedIn: true }
    log.loggedIn(this.#io, user.address, mechanism, this.#io.tls !== undefined)
    this.#say(say.LOGGED_IN)
  }

  #loginFailed(name: string | undefined, reason: string): void {
    const { delayMs, ...held } = this.#login.rebuff(name, reason)
    this.#held = held
    this.#state = 'held'
    this.#io.wakeAt(REBUFF, this.#io.now + delayMs)
  }

  #rebuff(): void {
    const held = this.#held
    if (held === undefined || this.#state === 'over') return
    this.#held = undefined
    this.#heardMs = this.#io.now
    this.#state = 'ready'
    if (held.close) this.#dismiss(held.reply)
    else this.#say(held.reply)
  }

  #isCommandOverruled(command: Command, phase: Phase): boolean {
    if (phase === 'auth' || !this.#context.policy.asks(phase)) return false
    if (command.kind === 'BDAT') return this.#isChunkOverruled(command.size)
    if (command.kind === 'MAIL') return this.#isOverruled(phase, undefined, false, command.sender?.address ?? '')
    const to = command.kind === 'RCPT' ? [command.recipient.address] : this.#desk.envelope?.addresses
    return this.#isOverruled(phase, to, command.kind === 'QUIT')
  }

  /** Once for a mail, however many chunks it has. */
  #isChunkOverruled(size: number): boolean {
    if (this.#state === 'chunks') return false
    const demanded = this.#demanded('data', this.#desk.envelope?.addresses, this.#desk.envelope?.sender)
    if (demanded === undefined) return false
    if (demanded === HANG_UP) this.#hangUp()
    else this.#discard(size, demanded)
    return true
  }

  /** Says what the owner wants said instead, if anything. `ends`: the connection ends with it in any case. */
  #isOverruled(phase: Phase, to?: readonly string[], ends = false, from = this.#desk.envelope?.sender): boolean {
    if (!this.#context.policy.asks(phase)) return false
    const demanded = this.#demanded(phase, to, from)
    if (demanded === undefined) return false
    if (demanded === HANG_UP) this.#hangUp()
    else if (ends || demanded.code === 421) this.#dismiss(demanded)
    else this.#say(demanded)
    return true
  }

  #demanded(phase: Phase, to: readonly string[] | undefined, from: string | undefined): Reply | 'hang-up' | undefined {
    const { policy, log } = this.#context
    const facts = { peer: this.#io.peer.ip, user: this.#user?.address, from, to }
    const demanded = policy.overrule(phase, facts)
    if (demanded !== undefined && demanded !== HANG_UP) {
      log.refused(this.#io, demanded, { from, to: to?.join(' ') })
    }
    return demanded
  }

  #badCommand({ verb, reply: refusal }: BadCommand): void {
    // How many octets follow is not known: nothing after it can be told from a command.
    if (verb === 'BDAT') return this.#dismiss(refusal)
    this.#bad(refusal)
  }

  #bad(refusal: Reply): void {
    this.#login.cancel()
    if (this.#state === 'exchange') this.#state = 'ready'
    if (++this.#badCommands > this.#context.limits.badCommandsMax) return this.#abuse(say.TOO_BAD)
    this.#say(refusal)
  }

  #abuse(last: Reply): void {
    this.#context.log.abuse(this.#io, `dismissed: ${last.lines.join(' ')}`)
    this.#dismiss(last)
  }

  #dismiss(last: Reply): void {
    this.#say(last)
    this.#hangUp()
  }

  #hangUp(): void {
    this.#desk.reset()
    this.#state = 'over'
    this.#io.end()
  }

  #say(words: Reply): void {
    this.#io.send(encodeReply(words))
  }
}
