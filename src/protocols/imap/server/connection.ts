// One IMAP connection at the server (RFC 9051): puts a command together, looks whether it is legal now, runs it to its
// end, and takes the next. Answers keep their order because no two commands run at a time.

import type { CloseReason, StreamIo, StreamMachine } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { latin1 } from '../../../wire/text.ts'
import { appendTarget, parseCommand } from '../codec/command/index.ts'
import { CommandReader, type CommandText, type ReaderStep } from '../codec/command-reader.ts'
import { Deflater } from '../codec/deflate.ts'
import { BAD_COMMANDS_MAX, EARLY_COMMANDS_MAX, type BadCommand, type Command, type SessionState } from '../messages.ts'
import type { Overruling, Phase } from '../policy.ts'
import { preparedCapabilities } from './capabilities.ts'
import { refusedAhead } from './commands/append.ts'
import { LEGAL, mayExpunge, run } from './commands/index.ts'
import type { ImapContext } from './context.ts'
import { Inflating } from './inflating.ts'
import { Out } from './out.ts'
import { bad, no, type Exchange, type Held, type Outcome, type Tagged } from './outcome.ts'
import { Session } from './session.ts'
import { tellChanges } from './tell.ts'
import { nextTurn, Worker } from './worker.ts'

const SILENCE = 'silence'
const HELD = 'held'
const LF = 10
/** How soon a session that is busy is looked at again. */
const LOOK_MS = 1000
const APPEND_AHEAD = /^[^ ]{1,100} APPEND /i
const APPEND_AHEAD_BYTES = 120

/** What runs. */
interface Running {
  readonly tag: string
  readonly command: Command
}

export class ImapConnection implements StreamMachine {
  readonly #io: StreamIo
  readonly #context: ImapContext
  readonly #out: Out
  readonly #session: Session
  readonly #reader: CommandReader
  #running: Running | undefined
  #exchange: Exchange | undefined
  readonly #worker: Worker
  #held: Held | undefined
  /** Messages on their way into the store, whose commands wait for the same commit. */
  #appending: (() => void)[] | undefined
  #asked = 0
  #inflating: Inflating | undefined
  #openedMs = 0
  #heardMs = 0
  #commands = 0
  #bad = 0
  #isCounted = false
  #isSkipping = false
  #isOver = false

  constructor(io: StreamIo, context: ImapContext) {
    this.#io = io
    this.#context = context
    this.#out = new Out(io)
    this.#session = new Session(io, context, this.#out, {
      over: () => this.#over(),
      compress: () => this.#compress(),
      stale: () => this.#stale(),
      overruled: (overruling) => this.#overruled(overruling),
    })
    this.#worker = new Worker(io, this.#out, context.limits.stallMs, {
      done: (outcome) => this.#settle(outcome),
      resumed: () => this.#goOn(),
    })
    this.#reader = new CommandReader({
      messageMaxBytes: context.limits.messageMaxBytes,
      isLoggedIn: () => this.#session.account !== undefined,
      hold: (octets) => context.held.take(octets),
      release: (octets) => context.held.release(octets),
    })
  }

  opened(): void {
    const { peers, limits, log, host, policy } = this.#context
    this.#openedMs = this.#io.now
    this.#heardMs = this.#io.now
    this.#isCounted = peers.enter(this.#io.peer.ip)
    if (!this.#isCounted) {
      log.abuse(this.#io, `more than ${limits.connectionsMax} connections from ${this.#io.peer.ip}`)
      return this.#session.bye('[LIMIT] too many connections from your address')
    }
    const overruling = policy.overrule('connect', { peer: this.#io.peer.ip, user: undefined })
    if (overruling === 'hang-up') return this.#session.over()
    if (overruling !== undefined) return this.#session.bye(overruling.text)
    this.#out.text(`* OK [CAPABILITY ${preparedCapabilities(this.#session)}] ${host} IMAP server ready\r\n`)
    this.#out.flush()
    this.#io.wakeAt(SILENCE, this.#io.now + limits.loginMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#isOver) {
      inbox.clear()
      return false
    }
    if (this.#isBusy) return false
    const took = this.#inflating === undefined ? this.#take(inbox) : this.#inflate(inbox, this.#inflating)
    this.#out.flush()
    return took
  }

  drained(): void {
    if (!this.#worker.isBusy) return
    this.#heardMs = this.#io.now
    this.#worker.drained()
    this.#goOn()
  }

  woke(timer: string): void {
    if (this.#isOver) return
    this.#worker.woke(timer)
    if (timer === HELD) this.#release()
    if (timer === SILENCE) this.#silent()
    this.#goOn()
  }

  closed(_reason: CloseReason): void {
    const { peers, sessions } = this.#context
    if (this.#isCounted) peers.leave(this.#io.peer.ip)
    if (this.#session.account !== undefined) sessions.leave(this.#session.address)
    this.#isCounted = false
    this.#isOver = true
    this.#reader.close()
    this.#session.unselect()
    this.#session.account = undefined
  }

  /** Takes one command, or one line of an exchange. */
  #take(inbox: Inbox): boolean {
    if (this.#exchange !== undefined) return this.#exchangeLine(inbox, this.#exchange)
    const before = inbox.length
    const step = this.#reader.next(inbox)
    if (inbox.length < before) this.#heardMs = this.#io.now
    this.#read(step)
    if (this.#appending !== undefined && !isAppendAhead(step, inbox)) this.#askAppended()
    return step.kind !== 'more'
  }

  #read(step: ReaderStep): void {
    switch (step.kind) {
      case 'more':
        return
      case 'go-ahead':
        return this.#out.text('+ go ahead\r\n')
      case 'announced':
        return this.#announced(step.text, step.octets)
      case 'bad':
        return this.#unreadable(step)
      case 'command':
        return this.#command(step)
    }
  }

  /** RFC 9051 §6.3.12: what cannot be added need not be sent. */
  #announced(text: string, octets: number): void {
    const target = appendTarget(text, this.#session.names)
    const refusal = refusedAhead(this.#session, target, octets)
    if (refusal === undefined) return this.#read(this.#reader.proceed())
    this.#reader.refuse()
    this.#tagged(tagIn(text), refusal)
  }

  #unreadable({ tag, status, code, reason, fatal }: Extract<ReaderStep, { readonly kind: 'bad' }>): void {
    const refusal = status === 'NO' ? no(reason, code) : bad(reason, code)
    this.#tagged(tag, refusal)
    if (fatal) return this.#session.bye(reason)
    if (status === 'BAD') this.#countBad()
  }

  #command(text: CommandText): void {
    const parsed = parseCommand(text, this.#session.names)
    if (parsed === undefined) {
      this.#out.text('* BAD expected a tag and a command\r\n')
      return this.#countBad()
    }
    const { tag, command } = parsed
    if (this.#session.account === undefined && ++this.#commands > EARLY_COMMANDS_MAX) {
      this.#context.log.abuse(this.#io, `${EARLY_COMMANDS_MAX} commands without a login`)
      return this.#session.bye('too many commands without a login')
    }
    if (command.kind === 'bad') return this.#badCommand(tag, command)
    if (!LEGAL[command.kind].in.includes(this.#session.state)) {
      return this.#badCommand(tag, { kind: 'bad', status: 'BAD', reason: notNow(this.#session.state) })
    }
    this.#running = { tag, command }
    const overruling = this.#overrulingFor(LEGAL[command.kind].phase)
    if (overruling !== undefined) return this.#settle(this.#overruled(overruling))
    this.#settle(run(this.#session, command, tag))
  }

  #badCommand(tag: string, { status, code, reason, unsaves }: BadCommand): void {
    if (unsaves === true && this.#session.selected !== undefined) this.#session.selected.saved = []
    this.#tagged(tag, status === 'BAD' ? bad(reason, code) : no(reason, code))
    if (status === 'BAD') this.#countBad()
  }

  #countBad(): void {
    if (++this.#bad < BAD_COMMANDS_MAX) return
    this.#context.log.abuse(this.#io, `${BAD_COMMANDS_MAX} bad commands in a row`)
    this.#session.bye('too many bad commands')
  }

  /** Goes on with the command that runs, as far as it goes now. */
  #settle(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'tagged':
        return this.#finish(outcome)
      case 'later':
        return this.#ask(outcome)
      case 'task':
        return this.#worker.start(outcome)
      case 'exchange':
        this.#exchange = outcome
        return
      case 'held':
        this.#held = outcome
        this.#io.wakeAt(HELD, this.#io.now + outcome.delayMs)
    }
  }

  #ask(outcome: Extract<Outcome, { readonly kind: 'later' }>): void {
    const running = this.#running
    const ask = (): void => {
      this.#asked++
      outcome.ask(this.#io, (next) => {
        this.#asked--
        if (this.#isOver) return
        this.#running = running
        this.#settle(next)
        this.#goOn()
      })
    }
    if (running?.command.kind !== 'APPEND') return ask()
    this.#appending ??= []
    this.#appending.push(ask)
  }

  #askAppended(): void {
    const appending = this.#appending ?? []
    this.#appending = undefined
    for (const ask of appending) ask()
  }

  #finish(tagged: Tagged): void {
    const running = this.#running
    this.#running = undefined
    if (running === undefined || this.#isOver) return
    tellChanges(this.#session, mayExpunge(running.command), 'uid' in running.command && running.command.uid)
    this.#tagged(running.tag, tagged)
    if (tagged.status === 'BAD') return this.#countBad()
    if (tagged.status === 'OK') this.#bad = 0
  }

  #tagged(tag: string | undefined, { status, code, text, after }: Tagged): void {
    const bracketed = code === undefined ? '' : `[${code}] `
    this.#out.text(`${tag ?? '*'} ${status} ${bracketed}${text}\r\n`)
    if (after === undefined) return
    this.#out.flush()
    after()
  }

  #exchangeLine(inbox: Inbox, exchange: Exchange): boolean {
    const line = inbox.line(exchange.lineMaxBytes, true)
    if (line === 'more') return false
    this.#heardMs = this.#io.now
    if (line === 'too-long') return this.#skipLine(inbox)
    const outcome = this.#isSkipping ? bad('the line is too long') : exchange.line(latin1(line))
    this.#isSkipping = false
    if (outcome === undefined) return true
    this.#exchange = undefined
    this.#settle(outcome)
    return true
  }

  /** A line that never ends is dropped as it comes. */
  #skipLine(inbox: Inbox): true {
    this.#isSkipping = true
    const end = inbox.indexOf(LF)
    if (end > 0) inbox.skip(end)
    else if (end === -1) inbox.clear()
    return true
  }

  #overrulingFor(phase: Phase | undefined): Overruling | undefined {
    if (phase === undefined) return undefined
    const { user } = this.#session
    return this.#context.policy.overrule(phase, { peer: this.#io.peer.ip, user: user?.address })
  }

  /** Where the session ends by it, nothing follows. */
  #overruled(overruling: Overruling): Tagged {
    if (overruling === 'hang-up') this.#session.over()
    if (overruling === 'hang-up') return no('closed')
    const { status, text } = overruling
    if (status === 'BYE') this.#session.bye(text)
    return status === 'BYE' ? no(text) : { kind: 'tagged', status, text }
  }

  #release(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#settle(held.outcome)
  }

  #silent(): void {
    const { loginMs, idleMs } = this.#context.limits
    const isLoggedIn = this.#session.account !== undefined
    const until = isLoggedIn ? this.#heardMs + idleMs : this.#openedMs + loginMs
    if (this.#isBusy || this.#io.now < until) return this.#io.wakeAt(SILENCE, Math.max(until, this.#io.now + LOOK_MS))
    this.#session.bye(isLoggedIn ? 'nothing was said for too long' : 'nobody logged in for too long')
  }

  #stale(): void {
    if (this.#exchange?.tellsChanges !== true || this.#isOver) return
    tellChanges(this.#session, true)
    this.#out.flush()
  }

  /** Whether a command runs that does not take lines itself. */
  get #isBusy(): boolean {
    return this.#worker.isBusy || this.#held !== undefined || this.#asked > 0
  }

  /** After a command that took more than one call: what was read already comes next. */
  #goOn(): void {
    if (this.#inflating !== undefined) this.#pump(this.#inflating)
    this.#out.flush()
  }

  #compress(): void {
    this.#session.isCompressed = true
    this.#out.compress(new Deflater())
    this.#inflating = new Inflating()
  }

  #inflate(inbox: Inbox, inflating: Inflating): boolean {
    const compressed = inbox.take(inbox.length)
    if (compressed !== undefined) inflating.push(compressed)
    this.#pump(inflating)
    return true
  }

  #pump(inflating: Inflating): void {
    const isDone = (): boolean => this.#isBusy || this.#isOver
    const end = inflating.pump(isDone, (plain) => this.#take(plain))
    if (end === 'corrupt') this.#io.reset('what came is not what was compressed')
    if (end === 'enough') this.#rest()
  }

  /** Others have their turn before more is inflated. */
  #rest(): void {
    this.#asked++
    this.#io.ask(nextTurn(), () => {
      this.#asked--
      this.#goOn()
    })
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#out.flush()
    for (const timer of [SILENCE, HELD]) this.#io.cancel(timer)
    this.#worker.stop()
    this.#exchange = undefined
    this.#io.end()
  }
}

function notNow(state: SessionState): string {
  if (state === 'not-authenticated') return 'log in first'
  return state === 'authenticated'
    ? 'select a mailbox first, or this comes before a login'
    : 'this comes before a login'
}

/** Whether another APPEND is here, at least its beginning, so that both can wait for the same commit. */
function isAppendAhead(step: ReaderStep, inbox: Inbox): boolean {
  if (step.kind === 'more' || inbox.length === 0) return false
  if (step.kind !== 'command') return true
  const head = inbox.peek(APPEND_AHEAD_BYTES)
  return APPEND_AHEAD.test(latin1(head))
}

function tagIn(text: string): string {
  return text.slice(0, text.indexOf(' '))
}
