// From the closest known zone down to the servers of a name, and their answer (RFC 1034 §5.3.3). One for each name and type,
// however many ask. Follows referrals; aliases, the cache and signatures are recursor.ts' matter.

import type { Deadline } from '../../../core/timer-heap.ts'
import { parentOf } from '../../../shared/dns/codec/name.ts'
import { CLASS, RCODE, TYPE, type DomainName, type Message, type Question } from '../../../shared/dns/messages.ts'
import type { Delegation } from '../cache/delegations.ts'
import { isFresh, type Link } from '../cache/links.ts'
import {
  answered,
  markCaseless,
  markDeaf,
  markLame,
  markPlain,
  silent,
  waitFor,
  type Server,
} from '../cache/servers.ts'
import { DEPTH_MAX, STEPS_MAX, STREAM_TRY_MS, TRIES_PER_SERVER } from '../limits.ts'
import type { Asking, Heard } from '../out/asking.ts'
import { Candidates, type Candidate } from './candidates.ts'
import type { IterationContext, Need, Round, Waiter } from './context.ts'
import { findingOf, type Finding, type Referral } from './finding.ts'
import { failureLink, linkFrom, proofLink } from './links-from.ts'
import { MINIMISED_TYPE, labelsToAdd, namesBelow } from './minimise.ts'

/** Extended errors (RFC 8914 §4). */
const NO_REACHABLE_AUTHORITY = 22
const OTHER = 0
/** Servers whose addresses are looked up at a time. */
const FETCHES_AT_A_TIME = 2

export class Iteration {
  readonly name: DomainName
  readonly type: number
  /** Those that this one waits for. */
  readonly waitsFor = new Set<Waiter>()
  readonly #context: IterationContext
  readonly #need: Need
  readonly #done: (link: Link) => void
  #delegation: Delegation | undefined
  #steps = 0
  /** The part of the name that was told. */
  #toldUpTo = ''
  #minimised = 0
  #whole = false
  readonly #candidates: Candidates
  readonly #suspectCase = new Set<string>()
  #fetching = 0
  /** Whether a question is out: one at a time. */
  #isOut = false
  #why = 'no server of the zone has an address'
  #limit: Deadline | undefined
  #over = false

  constructor(context: IterationContext, name: DomainName, type: number, need: Need, done: (link: Link) => void) {
    this.#context = context
    this.name = name
    this.type = type
    this.#need = need
    this.#done = done
    this.#candidates = new Candidates(context)
  }

  begin(): void {
    const { time, delegations } = this.#context
    const from = this.type === TYPE.DS ? (parentOf(this.name) ?? this.name) : this.name
    const delegation = delegations.closest(from, time.wallMs)
    if (delegation === undefined) return this.#fail('there are no root servers')
    this.#limit = time.after(Math.max(0, this.#need.budget.untilMs - time.nowMs), () => {
      this.#fail(`took too long: ${this.#why}`)
    })
    this.#enter(delegation)
  }

  /** Ends it without an answer. */
  stop(): void {
    this.#context.time.cancel(this.#limit)
    this.#over = true
  }

  #enter(delegation: Delegation): void {
    this.#delegation = delegation
    this.#toldUpTo = delegation.zone
    this.#candidates.beginZone()
    this.#step()
  }

  #step(): void {
    this.#steps += 1
    this.#candidates.beginStep()
    if (this.#steps > STEPS_MAX) return this.#fail(`${STEPS_MAX} steps and no answer`)
    this.#skipKnown()
    this.#try()
  }

  /** What was told once need not be told again, as long as the answer holds. */
  #skipKnown(): void {
    const { links, time } = this.#context
    for (;;) {
      const question = this.#question()
      if (question.name === this.name) return
      const known = links.find(question.name, MINIMISED_TYPE) ?? links.find(question.name, TYPE.CNAME)
      if (known === undefined || !isFresh(known, time.wallMs)) return
      this.#toldUpTo = question.name
    }
  }

  /** The whole, or a part of the name with the least telling type (RFC 9156 §2.1). */
  #question(): Question {
    const delegation = this.#delegation
    const whole = { name: this.name, type: this.type, class: CLASS.IN }
    if (this.#whole || this.#context.minimise === 'off' || delegation === undefined || delegation.forwards) return whole
    const names = namesBelow(this.#toldUpTo, this.name)
    const name = names[labelsToAdd(this.#minimised, names.length) - 1] ?? this.name
    return name === this.name ? whole : { name, type: MINIMISED_TYPE, class: CLASS.IN }
  }

  #try(): void {
    const delegation = this.#delegation
    if (this.#over || this.#isOut || delegation === undefined) return
    const candidate = this.#candidates.choose(delegation)
    if (candidate === undefined) return this.#fetch(delegation)
    if (!this.#need.budget.takeQuery()) {
      this.#context.tell('resolver.limit', `${this.#text()}: too many questions for one`, { limit: 'queries' })
      return this.#fail('too many questions for one')
    }
    this.#ask(delegation, candidate)
  }

  #ask(delegation: Delegation, { name, server }: Candidate): void {
    const { time, outlet, mixCase } = this.#context
    const question = this.#question()
    const now = time.nowMs
    const tries = this.#candidates.triesOf(server)
    const isStreaming = this.#candidates.isStreaming(server) || server.deafUntilMs > now
    const over = delegation.tlsName === undefined ? (isStreaming ? 'tcp' : 'udp') : 'tls'
    const asking: Asking = {
      server: { ip: server.ip, port: delegation.port },
      question,
      over,
      ...(delegation.tlsName !== undefined && { tlsName: delegation.tlsName }),
      waitMs: over === 'udp' ? waitFor(server, tries) : STREAM_TRY_MS,
      edns: server.plainUntilMs <= now,
      mixCase: mixCase && over === 'udp' && server.caselessUntilMs <= now,
      forwards: delegation.forwards,
    }
    this.#candidates.tried(server)
    this.#isOut = true
    outlet.ask(asking, (heard) => {
      this.#isOut = false
      if (!this.#over) this.#heard(heard, { delegation, name, server, asking })
    })
  }

  #heard(heard: Heard, sent: Sent): void {
    const { server, asking } = sent
    const { time } = this.#context
    switch (heard.kind) {
      case 'message':
        if (asking.over === 'tcp' && server.silences > 0) markDeaf(server, time.nowMs)
        answered(server, heard.rttMs)
        return this.#message(heard.message, heard.rttMs, sent)
      case 'silence':
        if (asking.over === 'tcp') server.deafUntilMs = 0
        silent(server, heard.waitedMs, time.nowMs)
        if (this.#candidates.triesOf(server) + 1 >= TRIES_PER_SERVER) this.#candidates.stream(server)
        return this.#again(sent, 'silence', `${server.ip} does not answer`)
      case 'closed':
        if (this.#suspectCase.has(server.ip)) markCaseless(server, time.nowMs)
        if (asking.over === 'tcp') {
          this.#candidates.stream(server, false)
          server.deafUntilMs = 0
        }
        return this.#again(sent, 'closed', `${server.ip} over ${asking.over}: ${heard.why}`)
      case 'caseless':
        this.#suspectCase.add(server.ip)
        this.#candidates.stream(server)
        return this.#again(sent, 'caseless', `${server.ip} does not echo the case of names`)
      case 'strays':
        this.#context.tell('resolver.forged', `${this.#text()}: too many answers from ${server.ip} that are none`, {
          server: server.ip,
        })
        this.#candidates.stream(server)
        return this.#again(sent, 'strays', `${server.ip} sends answers to other questions`)
      case 'busy':
        return this.#fail('too many questions are out')
    }
  }

  #again(sent: Sent, outcome: Round['outcome'], why: string): void {
    this.#why = why
    this.#watch(sent, outcome, undefined, 0, why)
    this.#try()
  }

  #message(message: Message, rttMs: number, sent: Sent): void {
    const { server, asking, delegation } = sent
    const { time } = this.#context
    if (this.#suspectCase.has(server.ip) && asking.over !== 'udp') markCaseless(server, time.nowMs)
    if (message.truncated && asking.over === 'udp') {
      this.#candidates.stream(server)
      this.#candidates.tried(server, -1)
      this.#watch(sent, 'truncated', message, rttMs, '')
      return this.#try()
    }
    if (asking.edns && message.edns === undefined && KNOWS_NO_EDNS.has(message.rcode)) {
      markPlain(server, time.nowMs)
      this.#watch(sent, 'without-edns', message, rttMs, '')
      return this.#try()
    }
    const { name, type } = asking.question
    const finding = findingOf(message, { name, type, zone: delegation.zone, forwarded: delegation.forwards })
    this.#watch(sent, finding.kind, message, rttMs, 'why' in finding ? finding.why : '')
    this.#found(finding, sent)
  }

  #found(finding: Finding, sent: Sent): void {
    const { server, delegation, asking } = sent
    switch (finding.kind) {
      case 'lame':
        if (asking.question.name !== this.name && this.#tellWhole()) return
        markLame(server, delegation.zone, this.#context.time.nowMs)
        this.#context.tell('resolver.lame', `${server.ip} is lame for ${delegation.zone || '.'}: ${finding.why}`, {
          server: server.ip,
          zone: delegation.zone,
        })
        return this.#useless(server, `${server.ip} is lame for ${delegation.zone || '.'}`)
      case 'unhelpful':
        if (asking.question.name !== this.name && this.#tellWhole()) return
        return this.#useless(server, `${server.ip} says ${finding.why}`)
      case 'too-long':
        return this.#fail('the name is too long behind its DNAME (RFC 6672 §2.2)')
      case 'referral':
        return this.#refer(finding, sent)
      default:
        if (asking.question.name === this.name && asking.question.type === this.type) return this.#answer(finding, sent)
        return this.#partly(finding, sent)
    }
  }

  /** Where a server does not take to a part of the name, it is told the whole (RFC 9156 §2.3). False: it was, or must not be. */
  #tellWhole(): boolean {
    if (this.#context.minimise !== 'relaxed' || this.#question().name === this.name) return false
    this.#whole = true
    this.#step()
    return true
  }

  #useless(server: Server, why: string): void {
    this.#why = why
    this.#candidates.giveUp(server)
    this.#try()
  }

  #refer(referral: Referral, { delegation: from, server }: Sent): void {
    const { delegations, links, time } = this.#context
    const storedMs = time.wallMs
    const ttl = Math.min(referral.ttlSeconds, this.#context.ttlMaxSeconds)
    const { zone, servers } = referral
    const port = from.port
    const delegation = { zone, servers, forwards: false, port, storedMs, expiresMs: storedMs + ttl * 1000 }
    const proof = proofLink(this.#context, referral, from.zone)
    delegations.add(delegation)
    if (proof !== undefined) links.add({ ...proof, from: server.ip })
    this.#enter(delegation)
  }

  /** An answer to a part of the name: on to the next label, or to the whole where the server says that there is nothing. */
  #partly(finding: AnswerFinding, sent: Sent): void {
    const { links, minimise } = this.#context
    const { question } = sent.asking
    this.#minimised += 1
    if (finding.kind === 'no-name' && minimise === 'strict') return this.#answer(finding, sent)
    if (finding.kind === 'no-name') this.#whole = true
    else links.add(this.#link(question.name, question.type, finding, sent))
    this.#toldUpTo = question.name
    this.#step()
  }

  #answer(finding: AnswerFinding, sent: Sent): void {
    this.#finish(this.#link(this.name, this.type, finding, sent))
  }

  #link(name: DomainName, type: number, finding: AnswerFinding, { delegation, server }: Sent): Link {
    return linkFrom(this.#context, name, type, finding, delegation.zone, server.ip)
  }

  /** Looks up addresses of servers that are known by name only. */
  #fetch(delegation: Delegation): void {
    const next = this.#candidates.unknown(delegation).slice(0, FETCHES_AT_A_TIME)
    if (this.#fetching > 0) return
    if (next.length === 0) return this.#tellWhole() ? undefined : this.#fail(this.#why)
    if (this.#need.depth >= DEPTH_MAX) return this.#fail('resolutions inside of resolutions, too deep')
    const allowed = next.filter(() => this.#need.budget.takeFetch())
    if (allowed.length === 0) {
      this.#context.tell('resolver.limit', `${this.#text()}: too many servers without addresses`, { limit: 'fetches' })
      return this.#fail('too many servers without addresses')
    }
    for (const name of allowed) this.#fetchAddresses(name)
  }

  #fetchAddresses(name: DomainName): void {
    const types = this.#candidates.fetching(name)
    const need = { budget: this.#need.budget, depth: this.#need.depth + 1, waiter: this }
    this.#fetching += types.length
    for (const type of types) {
      this.#context.need(name, type, need, (link) => {
        this.#fetching -= 1
        if (link.kind === 'data') this.#candidates.learn(name, link)
        if (link.kind === 'failure') this.#why = `${name} has no address: ${link.error?.text ?? ''}`
        if (!this.#over && (this.#fetching === 0 || link.kind === 'data')) this.#try()
      })
    }
  }

  #text(): string {
    return `${this.name || '.'} of ${this.#delegation?.zone || '.'}`
  }

  #fail(why: string): void {
    if (this.#leaveForwarders()) return
    const code = why === this.#why ? NO_REACHABLE_AUTHORITY : OTHER
    this.#finish(failureLink(this.#context, this.name, this.type, { code, text: why }))
  }

  /** Forwarders that do not help are done without, if they may be. */
  #leaveForwarders(): boolean {
    const { time, delegations } = this.#context
    if (this.#over || this.#delegation?.forwards !== true || this.#delegation.isOnly === true) return false
    const next = delegations.closest(this.name, time.wallMs, 'forwarders')
    if (next === undefined || time.nowMs >= this.#need.budget.untilMs) return false
    this.#enter(next)
    return true
  }

  #finish(link: Link): void {
    if (this.#over) return
    this.stop()
    this.#done(link)
  }

  #watch(sent: Sent, outcome: Round['outcome'], message: Message | undefined, rttMs: number, why: string): void {
    const { asking, delegation, name, server } = sent
    const { over, question } = asking
    this.#context.watch?.({
      zone: delegation.zone,
      server: name,
      ip: server.ip,
      over,
      question,
      rttMs,
      message,
      outcome,
      why,
    })
  }
}

type AnswerFinding = Extract<Finding, { kind: 'data' | 'alias' | 'no-data' | 'no-name' }>

/** What servers say that do not know EDNS (RFC 6891 §7). */
const KNOWS_NO_EDNS: ReadonlySet<number> = new Set([RCODE.FORMERR, RCODE.NOTIMP])

interface Sent extends Candidate {
  readonly delegation: Delegation
  readonly asking: Asking
}
