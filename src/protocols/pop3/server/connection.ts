// One POP3 connection at the server (RFC 1939): reads a command, looks whether it is legal now, obeys, and reads the
// next. Answers keep their order because nothing is read while one is under way.

import { type CloseReason, type StreamIo, type StreamMachine } from '../../../core/index.ts'
import type { UserView } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { parseCommand } from '../codec/command.ts'
import { formatReply, refusal, reply } from '../codec/reply.ts'
import {
  BAD_COMMANDS_MAX,
  CAPABILITIES,
  COMMAND_LINE_MAX_BYTES,
  type BadCommand,
  type Command,
  type CommandKind,
  type Reply,
} from '../messages.ts'
import type { Phase } from '../policy.ts'
import type { Pop3Context } from './context.ts'
import { encodeLines } from './listing.ts'
import { Login, RESPONSE_MAX_BYTES, type LoginStep } from './login.ts'
import { Maildrop } from './maildrop.ts'
import { obey } from './obey.ts'
import { Outgoing } from './outgoing.ts'

/** `exchange`: within AUTH. `held`: a refusal is kept back. `update`: QUIT was said, and changes become durable. */
type State = 'authorization' | 'exchange' | 'held' | 'transaction' | 'update' | 'over'

interface Legality {
  readonly in: readonly State[]
  /** The word by which rules of the owner name it; logins have one of their own, once they have succeeded. */
  readonly phase?: Phase
}

const ANYWHERE: readonly State[] = ['authorization', 'transaction']
const BEFORE_LOGIN: readonly State[] = ['authorization']
const LOGGED_IN: readonly State[] = ['transaction']

/** RFC 1939 §4, §5, §7; RFC 2449 §5; RFC 2595 §4; RFC 5034 §4. */
const LEGAL: Readonly<Record<CommandKind, Legality>> = {
  AUTH: { in: BEFORE_LOGIN },
  CAPA: { in: ANYWHERE, phase: 'capa' },
  DELE: { in: LOGGED_IN, phase: 'dele' },
  LIST: { in: LOGGED_IN, phase: 'list' },
  NOOP: { in: LOGGED_IN, phase: 'noop' },
  PASS: { in: BEFORE_LOGIN },
  QUIT: { in: ANYWHERE, phase: 'quit' },
  RETR: { in: LOGGED_IN, phase: 'retr' },
  RSET: { in: LOGGED_IN, phase: 'rset' },
  STAT: { in: LOGGED_IN, phase: 'stat' },
  STLS: { in: BEFORE_LOGIN, phase: 'stls' },
  TOP: { in: LOGGED_IN, phase: 'top' },
  UIDL: { in: LOGGED_IN, phase: 'uidl' },
  USER: { in: BEFORE_LOGIN, phase: 'user' },
}

const SILENCE = 'silence'
const REBUFF = 'rebuff'
const CRLF_BYTES = 2

export class Pop3Connection implements StreamMachine {
  readonly #io: StreamIo
  readonly #context: Pop3Context
  readonly #outgoing: Outgoing
  readonly #login: Login
  #state: State = 'authorization'
  #maildrop: Maildrop | undefined
  /** When the client last said something, since its login; before that, when it came. */
  #heardMs = 0
  #bad = 0
  #counted = false
  #skipping = false
  #refusal: Reply | undefined
  #endsAfterRefusal = false

  constructor(io: StreamIo, context: Pop3Context) {
    this.#io = io
    this.#context = context
    this.#outgoing = new Outgoing(io)
    this.#login = new Login(io, context)
  }

  opened(): void {
    const { peers, limits, log, host } = this.#context
    this.#heardMs = this.#io.now
    this.#counted = peers.enter(this.#io.peer.ip)
    if (!this.#counted) {
      log.refused(this.#io, `more than ${limits.connectionsMax} connections from ${this.#io.peer.ip}`)
      return this.#dismiss(refusal('too many connections from your address', 'SYS/TEMP'))
    }
    if (this.#isOverruled('connect')) return this.#over()
    this.#say(reply(`${host} POP3 server ready`))
    this.#io.wakeAt(SILENCE, this.#io.now + limits.loginMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'over') inbox.clear()
    if (this.#outgoing.isWaiting || this.#state === 'over' || this.#state === 'held' || this.#state === 'update')
      return false
    const isExchange = this.#state === 'exchange'
    const line = inbox.line(isExchange ? RESPONSE_MAX_BYTES : COMMAND_LINE_MAX_BYTES - CRLF_BYTES, true)
    if (line === 'more') return false
    if (line === 'too-long') return this.#skip(inbox)
    if (this.#maildrop !== undefined) this.#heardMs = this.#io.now
    if (this.#skipping) this.#tooLong()
    else if (isExchange) this.#loginStep(this.#login.answer(line))
    else this.#command(parseCommand(line))
    return true
  }

  drained(): void {
    if (!this.#outgoing.isWaiting) return
    this.#heardMs = this.#io.now
    this.#outgoing.pump()
  }

  woke(timer: string): void {
    if (timer === REBUFF) return this.#rebuff()
    if (timer !== SILENCE || this.#state === 'over') return
    const { loginMs, idleMs } = this.#context.limits
    const until = this.#heardMs + (this.#maildrop === undefined ? loginMs : idleMs)
    if (this.#state === 'update' || this.#io.now < until) {
      return this.#io.wakeAt(SILENCE, Math.max(until, this.#io.now + 1))
    }
    if (this.#outgoing.isWaiting) return this.#io.reset('the client takes nothing')
    this.#over()
  }

  closed(_reason: CloseReason): void {
    if (this.#counted) this.#context.peers.leave(this.#io.peer.ip)
    this.#counted = false
    this.#leave()
    this.#state = 'over'
  }

  /** A line that never ends is dropped as it comes. */
  #skip(inbox: Inbox): boolean {
    this.#skipping = true
    if (inbox.skipLine()) this.#tooLong()
    return true
  }

  #tooLong(): void {
    this.#skipping = false
    if (this.#state === 'exchange') this.#state = 'authorization'
    this.#login.cancel()
    this.#badCommand('the line is too long')
  }

  #command(command: Command | BadCommand): void {
    if (command.kind === 'bad') return this.#badCommand(command.reason)
    const legality = LEGAL[command.kind]
    if (!legality.in.includes(this.#state)) return this.#badCommand(illegal(command.kind, this.#state))
    if (legality.phase !== undefined && this.#isOverruled(legality.phase)) return
    this.#obey(command)
  }

  #obey(command: Command): void {
    switch (command.kind) {
      case 'CAPA':
        return this.#capabilities()
      case 'STLS':
        return this.#startTls()
      case 'USER':
        return this.#loginStep(this.#login.user(command.name))
      case 'PASS':
        return this.#loginStep(this.#login.pass(command.password))
      case 'AUTH':
        return this.#loginStep(this.#login.auth(command.mechanism, command.initial))
      case 'QUIT':
        return this.#quit()
      default:
        if (this.#maildrop !== undefined) this.#transaction(command, this.#maildrop)
    }
  }

  #transaction(command: Parameters<typeof obey>[0], maildrop: Maildrop): void {
    const { reply: first, blocks, read } = obey(command, maildrop)
    if (first.ok) this.#bad = 0
    this.#say(first)
    if (blocks !== undefined) this.#outgoing.start(blocks)
    if (read !== undefined) {
      this.#context.log.retrieved(this.#io, maildrop.account.address, read.message, read.content)
    }
  }

  #capabilities(): void {
    const before = this.#state === 'authorization'
    const here = before ? this.#login.capabilities() : []
    const stls = before && this.#io.tls === undefined ? ['STLS'] : []
    this.#say(reply('capabilities follow'))
    this.#io.send(encodeLines([...CAPABILITIES, ...stls, ...here]))
  }

  /** RFC 2595 §4. What was sent behind the command and before the handshake is dropped by `secure`. */
  #startTls(): void {
    if (this.#io.tls !== undefined) return this.#badCommand('TLS is on already')
    this.#login.cancel()
    this.#say(reply('begin TLS'))
    this.#io.secure({ side: 'server' }, () => undefined)
  }

  #loginStep(step: LoginStep): void {
    switch (step.kind) {
      case 'say':
        this.#state = 'authorization'
        this.#bad = 0
        return this.#say(step.reply)
      case 'bad':
        this.#state = 'authorization'
        return this.#badCommand(step.reason)
      case 'challenge':
        this.#state = 'exchange'
        return this.#io.send(step.line)
      case 'mechanisms':
        this.#say(reply('mechanisms follow'))
        return this.#io.send(encodeLines(step.names))
      case 'failed':
        return this.#loginFailed(step.name, step.reason)
      case 'shut':
        return this.#dismiss(refusal('too many bad logins from your address, try later', 'SYS/TEMP'))
      case 'done':
        return this.#admit(step.user, step.by)
    }
  }

  #loginFailed(name: string | undefined, reason: string): void {
    const { logins, log } = this.#context
    const { delayMs, close, shut } = logins.failed(this.#io.peer.ip, this.#login.countFailure(), this.#io.now)
    log.loginFailed(this.#io, name, reason)
    if (shut) log.refused(this.#io, `${this.#io.peer.ip} is shut out after too many bad logins`)
    this.#state = 'held'
    this.#refusal = refusal('wrong name or password', 'AUTH')
    this.#endsAfterRefusal = close
    this.#io.wakeAt(REBUFF, this.#io.now + delayMs)
  }

  #rebuff(): void {
    if (this.#state !== 'held' || this.#refusal === undefined) return
    this.#state = 'authorization'
    this.#say(this.#refusal)
    if (this.#endsAfterRefusal) this.#over()
  }

  /** RFC 1939 §4: the drop is locked before the answer. */
  #admit(user: UserView, mechanism: string): void {
    this.#state = 'authorization'
    const { policy, logins, log } = this.#context
    if (this.#isOverruled('login', user.address)) return
    const account = policy.account(user.address)
    if (account === undefined) return this.#say(refusal('there is no mailbox for this user', 'SYS/PERM'))
    const release = account.lockMaildrop()
    if (release === undefined) return this.#say(refusal('another session has this maildrop open', 'IN-USE'))
    logins.succeeded(this.#io.peer.ip)
    const maildrop = new Maildrop(account, release)
    this.#maildrop = maildrop
    this.#heardMs = this.#io.now
    this.#state = 'transaction'
    this.#bad = 0
    log.loggedIn(this.#io, { user: user.address, mechanism, tls: this.#io.tls !== undefined }, maildrop)
    this.#say(reply(`${maildrop.count} messages (${maildrop.octets} octets)`))
  }

  /** RFC 1939 §6: what was deleted is gone for good before this is answered with +OK. */
  #quit(): void {
    const maildrop = this.#maildrop
    if (maildrop === undefined) return this.#dismiss(reply('bye'))
    this.#state = 'update'
    this.#maildrop = undefined
    this.#io.ask(maildrop.update(), (failed) => {
      this.#context.log.quit(this.#io, maildrop.account.address, maildrop, failed?.message)
      if (failed === undefined) return this.#dismiss(reply(`messages deleted: ${maildrop.deleted}`))
      this.#dismiss(refusal('some deleted messages were not removed', 'SYS/TEMP'))
    })
  }

  /** Whether the owner has something else to say here than would be said; it is said then. */
  #isOverruled(phase: Phase, user = this.#maildrop?.account.address): boolean {
    const answer = this.#context.policy.overrule(phase, { peer: this.#io.peer.ip, user })
    if (answer === undefined) return false
    if (answer === 'hang-up') this.#over()
    else this.#say(answer)
    if (phase === 'quit') this.#over()
    return true
  }

  #badCommand(reason: string): void {
    this.#say(refusal(reason))
    if (++this.#bad < BAD_COMMANDS_MAX) return
    this.#context.log.refused(this.#io, `${BAD_COMMANDS_MAX} bad commands in a row`)
    this.#dismiss(refusal('too many bad commands', 'SYS/PERM'))
  }

  #say(answer: Reply): void {
    this.#io.send(Buffer.from(`${formatReply(answer)}\r\n`))
  }

  #dismiss(answer: Reply): void {
    this.#say(answer)
    this.#over()
  }

  #over(): void {
    this.#leave()
    this.#state = 'over'
    this.#io.cancel(SILENCE)
    this.#io.cancel(REBUFF)
    this.#io.end()
  }

  /** Without an update. */
  #leave(): void {
    const maildrop = this.#maildrop
    this.#maildrop = undefined
    this.#outgoing.stop()
    if (maildrop === undefined) return
    const { deleted } = maildrop
    if (deleted > 0) this.#context.log.leftBehind(this.#io, maildrop.account.address, deleted)
    maildrop.abandon()
  }
}

function illegal(kind: CommandKind, state: State): string {
  return state === 'transaction' ? `${kind} comes before a login` : `${kind} comes after a login`
}
