// From the closest known zone down to the servers of a name, and their answer (RFC 1034 §5.3.3). One for each name and type,
// however many ask. Follows referrals; aliases, the cache and signatures are recursor.ts' matter.

import type { Deadline } from '../../../core/timer-heap.ts'
import { isWithin, parentOf } from '../../../shared/dns/codec/name.ts'
import { CLASS, RCODE, TYPE, type DomainName, type Message, type Question } from '../../../shared/dns/messages.ts'
import type { Delegation } from '../cache/delegations.ts'
import { isFresh, type Link } from '../cache/links.ts'
import {
  answered,
  fastest,
  isLame,
  markCaseless,
  markLame,
  markPlain,
  silent,
  waitFor,
  type Server,
} from '../cache/servers.ts'
import { DEPTH_MAX, STEPS_MAX, STREAM_TRY_MS, TRIES_PER_SERVER } from '../limits.ts'
import type { Asking, Heard } from '../out/asking.ts'
import { familyOf } from '../../../core/address.ts'
import type { IterationContext, Need, Round } from './context.ts'
import { addressesOf, findingOf, type Finding, type Referral } from './finding.ts'
import { failureLink, linkFrom, proofLink } from './links-from.ts'
import { labelsToAdd, namesBelow } from './minimise.ts'

/** Extended errors (RFC 8914 §4). */
const NO_REACHABLE_AUTHORITY = 22
const OTHER = 0
/** Servers whose addresses are looked up at a time. */
const FETCHES_AT_A_TIME = 2

export class Iteration {
  readonly name: DomainName
  readonly type: number
  /** Those that this one waits for. */
  readonly waitsFor = new Set<Iteration>()
  readonly #context: IterationContext
  readonly #need: Need
  readonly #done: (link: Link) => void
  #delegation: Delegation | undefined
  #steps = 0
  /** The part of the name that was told. */
  #toldUpTo = ''
  #minimised = 0
  #whole = false
  /** Tries of each address in this step, and those that are asked over streams. */
  #tries = new Map<string, number>()
  #streaming = new Set<string>()
  #suspectCase = new Set<string>()
  #fetched = new Set<DomainName>()
  /** Addresses of servers that were looked up for this one, however short their time. */
  readonly #learnt = new Map<DomainName, readonly string[]>()
  #fetching = 0
  #why = 'no server of the zone has an address'
  #limit: Deadline | undefined
  #over = false

  constructor(context: IterationContext, name: DomainName, type: number, need: Need, done: (link: Link) => void) {
    this.#context = context
    this.name = name
    this.type = type
    this.#need = need
    this.#done = done
  }

  get depth(): number {
    return this.#need.depth
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
    this.#fetched = new Set()
    this.#step()
  }

  #step(): void {
    this.#steps += 1
    this.#tries = new Map()
    this.#streaming = new Set()
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
      const known = links.find(question.name, TYPE.A) ?? links.find(question.name, TYPE.CNAME)
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
    return name === this.name ? whole : { name, type: TYPE.A, class: CLASS.IN }
  }

  #try(): void {
    const delegation = this.#delegation
    if (this.#over || delegation === undefined) return
    const choice = this.#choose(delegation)
    if (choice === undefined) return this.#fetch(delegation)
    if (!this.#need.budget.takeQuery()) {
      this.#context.tell('resolver.limit', `${this.#text()}: too many questions for one`, { limit: 'queries' })
      return this.#fail('too many questions for one')
    }
    this.#ask(delegation, choice)
  }

  /** The fastest address that may be asked; when all of them rest, one is tried all the same. */
  #choose(delegation: Delegation): Choice | undefined {
    const now = this.#context.time.nowMs
    const choices = this.#addresses(delegation).filter(({ server }) => {
      return (this.#tries.get(server.ip) ?? 0) < TRIES_PER_SERVER && !isLame(server, delegation.zone, now)
    })
    const awake = choices.filter(({ server }) => server.restsUntilMs <= now)
    const best = fastest((awake.length > 0 ? awake : choices).map(({ server }) => server))
    return choices.find(({ server }) => server === best)
  }

  #addresses(delegation: Delegation): Choice[] {
    const { families, links, servers, time } = this.#context
    const choices: Choice[] = []
    for (const { name, addresses } of delegation.servers) {
      const known =
        addresses.length > 0 ? addresses : (this.#learnt.get(name) ?? knownAddresses(links, name, time.wallMs))
      for (const ip of known) if (families.has(familyOf(ip))) choices.push({ name, server: servers.at(ip) })
    }
    return choices
  }

  #ask(delegation: Delegation, { name, server }: Choice): void {
    const { time, outlet, mixCase } = this.#context
    const question = this.#question()
    const now = time.nowMs
    const tries = this.#tries.get(server.ip) ?? 0
    const over = delegation.tlsName === undefined ? (this.#streaming.has(server.ip) ? 'tcp' : 'udp') : 'tls'
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
    this.#tries.set(server.ip, tries + 1)
    outlet.ask(asking, (heard) => {
      if (!this.#over) this.#heard(heard, { delegation, name, server, asking })
    })
  }

  #heard(heard: Heard, sent: Sent): void {
    const { server, asking } = sent
    const { time } = this.#context
    switch (heard.kind) {
      case 'message':
        answered(server, heard.rttMs)
        return this.#message(heard.message, heard.rttMs, sent)
      case 'silence':
        silent(server, heard.waitedMs, time.nowMs)
        if ((this.#tries.get(server.ip) ?? 0) + 1 >= TRIES_PER_SERVER) this.#streaming.add(server.ip)
        return this.#again(sent, 'silence', `${server.ip} does not answer`)
      case 'closed':
        if (this.#suspectCase.has(server.ip)) markCaseless(server, time.nowMs)
        if (asking.over === 'tcp') this.#streaming.delete(server.ip)
        return this.#again(sent, 'closed', `${server.ip} over ${asking.over}: ${heard.why}`)
      case 'caseless':
        this.#suspectCase.add(server.ip)
        this.#streaming.add(server.ip)
        return this.#again(sent, 'caseless', `${server.ip} does not echo the case of names`)
      case 'strays':
        this.#context.tell('resolver.forged', `${this.#text()}: too many answers from ${server.ip} that are none`, {
          server: server.ip,
        })
        this.#streaming.add(server.ip)
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
      this.#streaming.add(server.ip)
      this.#tries.set(server.ip, (this.#tries.get(server.ip) ?? 1) - 1)
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
        markLame(server, delegation.zone, this.#context.time.nowMs)
        this.#context.tell('resolver.lame', `${server.ip} is lame for ${delegation.zone || '.'}: ${finding.why}`, {
          server: server.ip,
          zone: delegation.zone,
        })
        return this.#useless(server, `${server.ip} is lame for ${delegation.zone || '.'}`)
      case 'unhelpful':
        return this.#useless(server, `${server.ip} says ${finding.why}`)
      case 'too-long':
        return this.#fail('the name is too long behind its DNAME (RFC 6672 §2.2)')
      case 'referral':
        return this.#refer(finding, delegation)
      default:
        if (asking.question.name === this.name && asking.question.type === this.type)
          return this.#answer(finding, delegation)
        return this.#partly(finding, asking.question, delegation)
    }
  }

  #useless(server: Server, why: string): void {
    this.#why = why
    this.#tries.set(server.ip, TRIES_PER_SERVER)
    this.#try()
  }

  #refer(referral: Referral, from: Delegation): void {
    const { delegations, links, time } = this.#context
    const storedMs = time.wallMs
    const ttl = Math.min(referral.ttlSeconds, this.#context.ttlMaxSeconds)
    const { zone, servers } = referral
    const port = from.port
    const delegation = { zone, servers, forwards: false, port, storedMs, expiresMs: storedMs + ttl * 1000 }
    const proof = proofLink(this.#context, referral, from.zone)
    delegations.add(delegation)
    if (proof !== undefined) links.add(proof)
    this.#enter(delegation)
  }

  /** An answer to a part of the name: on to the next label, or to the whole where the server says that there is nothing. */
  #partly(finding: AnswerFinding, question: Question, delegation: Delegation): void {
    const { links, minimise } = this.#context
    this.#minimised += 1
    if (finding.kind === 'no-name' && minimise === 'strict') return this.#answer(finding, delegation)
    if (finding.kind === 'no-name') this.#whole = true
    else links.add(linkFrom(this.#context, question.name, question.type, finding, delegation.zone))
    this.#toldUpTo = question.name
    this.#step()
  }

  #answer(finding: AnswerFinding, delegation: Delegation): void {
    this.#finish(linkFrom(this.#context, this.name, this.type, finding, delegation.zone))
  }

  /** Looks up addresses of servers that are known by name only. */
  #fetch(delegation: Delegation): void {
    const next = this.#fetchable(delegation).slice(0, FETCHES_AT_A_TIME)
    if (this.#fetching > 0) return
    if (next.length === 0) return this.#fail(this.#why)
    if (this.#need.depth >= DEPTH_MAX) return this.#fail('resolutions inside of resolutions, too deep')
    const allowed = next.filter(() => this.#need.budget.takeFetch())
    if (allowed.length === 0) {
      this.#context.tell('resolver.limit', `${this.#text()}: too many servers without addresses`, { limit: 'fetches' })
      return this.#fail('too many servers without addresses')
    }
    for (const name of allowed) this.#fetchAddresses(name)
  }

  #fetchable(delegation: Delegation): DomainName[] {
    return delegation.servers
      .filter(({ name, addresses }) => {
        return addresses.length === 0 && !this.#fetched.has(name) && !isWithin(name, delegation.zone)
      })
      .map(({ name }) => name)
  }

  #fetchAddresses(name: DomainName): void {
    const { families, need } = this.#context
    const types = [...(families.has(4) ? [TYPE.A] : []), ...(families.has(6) ? [TYPE.AAAA] : [])]
    this.#fetched.add(name)
    this.#fetching += types.length
    for (const type of types) {
      need(name, type, { budget: this.#need.budget, depth: this.#need.depth + 1, waiter: this }, (link) => {
        this.#fetching -= 1
        if (link.kind === 'data') this.#learn(name, link)
        if (link.kind === 'failure') this.#why = `${name} has no address: ${link.error?.text ?? ''}`
        if (!this.#over && (this.#fetching === 0 || link.kind === 'data')) this.#try()
      })
    }
  }

  #learn(name: DomainName, link: Link): void {
    this.#learnt.set(name, [...(this.#learnt.get(name) ?? []), ...link.sets.flatMap(addressesOf)])
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

interface Choice {
  readonly name: DomainName
  readonly server: Server
}

interface Sent extends Choice {
  readonly delegation: Delegation
  readonly asking: Asking
}

function knownAddresses(links: IterationContext['links'], name: DomainName, wallMs: number): string[] {
  return [TYPE.A, TYPE.AAAA].flatMap((type) => {
    const link = links.find(name, type)
    return link?.kind === 'data' && isFresh(link, wallMs) && link.security !== 'bogus'
      ? link.sets.flatMap(addressesOf)
      : []
  })
}
