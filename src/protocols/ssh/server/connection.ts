// One connection: admission, key exchange, login, then channels. It owns the timers and tells the record; the parts do
// the work.

import type { CloseReason, Inbox, StreamIo, StreamMachine } from '../../../core/index.ts'
import { ChannelTable } from '../channels/channel-table.ts'
import { Forwarding } from '../forwarding/forwarding.ts'
import { ALIVE_MAX, ALIVE_MS, EXCHANGE_MAX_MS, IDENT_MAX_BYTES } from '../limits.ts'
import { Authentication, type Login } from '../login/authentication.ts'
import { DISCONNECT, OPEN_FAILURE } from '../messages.ts'
import { runWanted } from '../sessions/run.ts'
import { Session } from '../sessions/session.ts'
import { Timers } from '../timers.ts'
import type { ChannelOpen } from '../transport/library.ts'
import { ExchangeCredit } from '../transport/exchange-credit.ts'
import { Link } from '../transport/link.ts'
import type { Ready, SshContext } from './context.ts'
import { GlobalRequests } from './global-requests.ts'
import { messageHandlers, type HandlersOwner } from './handlers.ts'

const LINE_FEED = 0x0a

/** All that a connection is, once the library is there. */
interface Parts {
  readonly link: Link
  readonly authentication: Authentication
  readonly table: ChannelTable
  readonly sessions: Map<number, Session>
}

export class SshConnection implements StreamMachine {
  readonly #io: StreamIo
  readonly #context: SshContext
  readonly #timers: Timers
  #parts: Parts | undefined
  #software = ''
  #introduced = false
  #login: Login | undefined
  #forwarding: Forwarding | undefined
  #globalRequests: GlobalRequests | undefined
  #noMoreSessions = false
  #admitted = false
  #broken = false
  #heard = false
  #unheard = 0
  readonly #credit: ExchangeCredit
  #receivedBytes = 0
  #isExchanging = false
  #hasToldSessions = false

  constructor(io: StreamIo, context: SshContext) {
    this.#io = io
    this.#context = context
    this.#timers = new Timers(io)
    this.#credit = new ExchangeCredit(io.now)
  }

  opened(): void {
    const { startups, limits } = this.#context
    const admission = startups.enter(this.#io.peer.ip, () => fraction(this.#io.random(4)))
    if (admission !== 'in') {
      this.#abused(`connection refused: ${admission}`)
      return this.#io.end()
    }
    this.#admitted = true
    this.#timers.in(limits.loginMs, 'login', () => this.#tooSlow('no login in time'))
    this.#timers.in(EXCHANGE_MAX_MS, 'exchange', () => this.#tooSlow('no key exchange in time'))
    this.#io.ask(this.#context.ready(), (ready) => this.#begin(ready))
  }

  received(inbox: Inbox): boolean {
    const link = this.#parts?.link
    if (link === undefined) return false
    this.#heard = true
    if (!this.#introduced) {
      // The engine loses lines that come in more than two pieces.
      const end = inbox.indexOf(LINE_FEED)
      if (end === -1 || end >= IDENT_MAX_BYTES) return this.#waitForIdent(inbox.length)
      this.#introduced = true
    }
    const { length } = inbox
    this.#receivedBytes += length
    link.received(inbox.peek())
    inbox.skip(length)
    if (link.isExchanging && !link.isOver && this.#login !== undefined) this.#watchExchange()
    return true
  }

  drained(): void {
    this.#parts?.table.pump()
  }

  woke(timer: string): void {
    this.#timers.woke(timer)
  }

  ended(): void {
    this.#lost()
    this.#io.end()
  }

  closed(_reason: CloseReason): void {
    this.#leaveStartups()
    this.#lost()
  }

  #begin({ library, hostKeys, offer }: Ready): void {
    const { accounts, limits, software, banner } = this.#context
    const abused = (what: string): void => this.#abused(what)
    const settings = { hostKeys, offer, ident: software, ...(banner === undefined ? {} : { banner }) }
    const link = new Link(this.#io, library, settings, {
      handlers: messageHandlers(this.#handlersOwner()),
      introduced: (name) => void (this.#software = name),
      exchanged: () => this.#exchanged(),
      broken: (reason) => this.#brokenBy(reason),
    })
    const authentication = new Authentication({
      link,
      library,
      timers: this.#timers,
      accounts,
      triesMax: limits.triesMax,
      granted: (login) => this.#granted(login),
      guessed: (name, reason, shut) => this.#context.log.loginFailed(this.#io, name, reason, shut),
      abused,
    })
    const most = { session: limits.sessionsMax, forward: limits.forwardsMax }
    this.#parts = { link, authentication, table: new ChannelTable({ link, most, abused }), sessions: new Map() }
    link.start()
  }

  #handlersOwner(): HandlersOwner {
    const parts = (): Parts => {
      if (this.#parts === undefined) throw new Error('a message before the beginning')
      return this.#parts
    }
    const isLoggedIn = (): boolean => this.#login !== undefined
    return {
      get link() {
        return parts().link
      },
      get authentication() {
        return parts().authentication
      },
      get table() {
        return parts().table
      },
      get isLoggedIn() {
        return isLoggedIn()
      },
      left: () => this.#left(),
      opening: (open) => this.#opening(parts(), open),
      channelRequest: (local, type, data) => parts().sessions.get(local)?.request(type, data) ?? false,
      globalRequest: (name, wantReply, data) => this.#globalRequests?.request(name, wantReply, data),
      abused: (what) => this.#abused(what),
    }
  }

  #exchanged(): void {
    this.#timers.cancel('exchange')
    this.#isExchanging = false
    const { link, table } = this.#parts ?? {}
    if (!this.#credit.takes(this.#io.now, this.#receivedBytes + (link?.sentBytes ?? 0))) {
      this.#abused('too many key exchanges')
      return link?.disconnect(DISCONNECT.protocolError)
    }
    table?.pump()
  }

  #watchExchange(): void {
    if (this.#isExchanging) return
    this.#isExchanging = true
    this.#timers.in(EXCHANGE_MAX_MS, 'exchange', () => {
      if (this.#parts?.link.isExchanging === true) this.#tooSlow('no key exchange in time')
    })
  }

  #granted(login: Login): void {
    const parts = this.#parts
    if (parts === undefined) return
    this.#login = login
    this.#timers.cancel('login')
    this.#leaveStartups()
    const { link, table } = parts
    const { targets, log, forwarding } = this.#context
    if (forwarding && login.options.forwarding) {
      this.#forwarding = new Forwarding({
        link,
        table,
        world: targets,
        options: login.options,
        tell: (way, address, failure) => log.forwarded(this.#io, login.user.address, way, address, failure),
      })
    }
    this.#globalRequests = new GlobalRequests({
      link,
      forwarding: this.#forwarding,
      noMoreSessions: () => void (this.#noMoreSessions = true),
      abused: (what) => this.#abused(what),
    })
    log.loggedIn(this.#io, login.user.address, login.by, this.#software)
    this.#watchAlive()
  }

  /** A peer that is silent for long is asked whether it lives; any message will do for an answer. */
  #watchAlive(): void {
    this.#timers.in(ALIVE_MS, 'alive', () => {
      this.#unheard = this.#heard ? 0 : this.#unheard + 1
      const asks = !this.#heard
      this.#heard = false
      if (this.#unheard > ALIVE_MAX) return this.#tooSlow('the peer is silent')
      if (asks) this.#parts?.link.act((engine) => engine.ping())
      this.#watchAlive()
    })
  }

  #opening({ table, sessions }: Parts, open: ChannelOpen): void {
    if (open.packetSize === 0) return table.refuse(undefined, open, OPEN_FAILURE.connectFailed, 'packets of no size')
    if (open.type === 'session' && !this.#noMoreSessions) return this.#openSession(table, sessions, open)
    if (open.type === 'direct-tcpip' && this.#forwarding !== undefined) return this.#forwarding.open(open)
    const isKnown = ['session', 'direct-tcpip', 'direct-streamlocal@openssh.com', 'x11'].includes(open.type)
    const reason = isKnown ? OPEN_FAILURE.administrativelyProhibited : OPEN_FAILURE.unknownChannelType
    table.refuse(undefined, open, reason, 'open failed')
  }

  #openSession(table: ChannelTable, sessions: Parts['sessions'], open: ChannelOpen): void {
    const login = this.#login
    const reserved = table.reserve('session')
    if (reserved === undefined || login === undefined) {
      if (!this.#hasToldSessions) this.#abused('more sessions than there may be')
      this.#hasToldSessions = true
      return table.refuse(reserved, open, OPEN_FAILURE.resourceShortage, 'too many sessions')
    }
    const channel = table.confirm(reserved, open)
    const visit = { io: this.#io, context: this.#context, login, timers: this.#timers }
    const session = new Session(channel, {
      mayHaveTerminal: login.options.terminal,
      run: (wanted, setting) => runWanted(visit, wanted, setting),
    })
    sessions.set(reserved.local, session)
    channel.once('hangup', () => sessions.delete(reserved.local))
  }

  #waitForIdent(unread: number): boolean {
    if (unread < IDENT_MAX_BYTES) return false
    this.#abused(`a first line of more than ${IDENT_MAX_BYTES} bytes`)
    this.#io.end()
    return false
  }

  #left(): void {
    this.#lost()
    this.#io.end()
  }

  #tooSlow(what: string): void {
    this.#abused(what)
    const link = this.#parts?.link
    if (link === undefined || link.isExchanging) return this.#io.reset(what)
    link.disconnect(DISCONNECT.byApplication)
  }

  #brokenBy(reason: string): void {
    if (this.#broken) return
    this.#broken = true
    this.#abused(`protocol broken: ${reason}`)
  }

  #abused(what: string): void {
    this.#context.log.abused(this.#io, what)
  }

  #lost(): void {
    this.#parts?.link.closed()
    this.#parts?.table.lost()
  }

  #leaveStartups(): void {
    if (this.#admitted) this.#context.startups.leave(this.#io.peer.ip)
    this.#admitted = false
  }
}

/** From 0 to 1, 1 excluded. */
function fraction(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32BE() / 2 ** 32
}
