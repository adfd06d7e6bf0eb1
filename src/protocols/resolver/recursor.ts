// The resolver without its front: from a question to its outcome. Chains aliases over links, each from the cache, from what is
// proven, or from an iteration; one iteration for each name and type, however many wait for it.

import { familyOf } from '../../core/address.ts'
import { EventBudget } from '../../core/event-budget.ts'
import type { Io } from '../../core/io.ts'
import type { WorldView } from '../../core/world-view.ts'
import type { Deadline } from '../../core/timer-heap.ts'
import { foldName, isWithin, parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE, type DomainName, type Question } from '../../shared/dns/messages.ts'
import { Delegations } from './cache/delegations.ts'
import { LinkCache, isFresh, type Link } from './cache/links.ts'
import { ServerTable } from './cache/servers.ts'
import { Budget } from './iterate/budget.ts'
import type { IterationContext, Need, Round, ToldKind, Waiter } from './iterate/context.ts'
import { throughDname } from './iterate/finding.ts'
import { Iteration } from './iterate/iteration.ts'
import { failureLink, linkFrom } from './iterate/links-from.ts'
import { CHAIN_MAX, DEPTH_MAX, ITERATIONS_MAX, STALE_AFTER_MS } from './limits.ts'
import { Outlet } from './out/outlet.ts'
import { failed, outcomeOf, type Outcome } from './outcome.ts'
import { soaAmong } from './records.ts'
import { forwarders, rootDelegation, type RecursorOptions } from './options.ts'
import { judgeFor, type FetchLink, type Judge } from './validate/judge.ts'
import { Judging } from './validate/judging.ts'
import { Timekeeper } from './timekeeper.ts'

/** Share of its time that a link must have left to be good for a refresh. */
const REFRESH_FROM = 0.1

export interface Wanted {
  /** Answers are not validated (RFC 4035 §3.2.2). */
  readonly checkingDisabled: boolean
  /** What is about to expire counts as expired. */
  readonly refresh?: boolean
}

interface Running {
  readonly iteration: Iteration
  readonly waiting: ((link: Link) => void)[]
}

interface Asking {
  readonly question: Question
  readonly wanted: Wanted
  readonly budget: Budget
  readonly done: (outcome: Outcome) => void
  stale: Deadline | undefined
  over: boolean
}

export class Recursor {
  readonly #time: Timekeeper
  readonly #links: LinkCache
  readonly #delegations: Delegations
  readonly #outlet: Outlet
  readonly #servers = new ServerTable()
  readonly #context: IterationContext
  readonly #judge: Judge
  readonly #running = new Map<string, Running>()
  readonly #judging: Judging
  readonly #options: RecursorOptions
  readonly #budget: EventBudget

  constructor(io: Io, world: WorldView, options: RecursorOptions, watch?: (round: Round) => void) {
    this.#time = new Timekeeper(io)
    this.#options = options
    this.#links = new LinkCache(options.cacheBytes)
    this.#delegations = new Delegations(rootDelegation(world, options), forwarders(options))
    this.#outlet = new Outlet(io, this.#time)
    this.#budget = new EventBudget(io, 'resolver-log', () => undefined)
    this.#judge = judgeFor(world, options, this.#time)
    this.#context = {
      time: this.#time,
      outlet: this.#outlet,
      servers: this.#servers,
      links: this.#links,
      delegations: this.#delegations,
      families: new Set(world.host.addresses.map(familyOf)),
      minimise: options.minimise,
      mixCase: options.mixCase,
      ttlMinSeconds: options.ttlMinSeconds,
      ttlMaxSeconds: options.ttlMaxSeconds,
      negativeTtlMaxSeconds: options.negativeTtlMaxSeconds,
      tell: (kind: ToldKind, summary, detail) => {
        if (this.#budget.takes(io.now)) io.emit({ kind, severity: 'warning', summary, ...(detail && { detail }) })
      },
      watch,
      // What is only a way to a server need not be signed: the answers are.
      need: (name, type, need, then) => this.#need(name, type, need, then, 0, true),
    }
    this.#judging = new Judging({
      judge: this.#judge,
      links: this.#links,
      servers: this.#servers,
      time: this.#time,
      tell: this.#context.tell,
      iterate: (name, type, need, then) => this.#iterate(name, type, need, then),
      fetchFor: (need) => this.#fetchFor(need),
    })
  }

  /** `done` is called once, later or at once. */
  resolve(question: Question, wanted: Wanted, done: (outcome: Outcome) => void): void {
    const budget = new Budget(this.#time.nowMs)
    const asking: Asking = { question, wanted, budget, done, stale: undefined, over: false }
    this.#follow(asking, foldName(question.name), [])
    if (asking.over || this.#options.staleMaxMs === 0 || wanted.refresh === true) return
    asking.stale = this.#time.after(STALE_AFTER_MS, () => this.#giveStale(asking))
  }

  /** What is known already; undefined where somebody would have to be asked. */
  known(question: Question): Outcome | undefined {
    const links: Link[] = []
    let name = foldName(question.name)
    while (links.length <= CHAIN_MAX) {
      const link = this.#cached(name, question.type, 0)
      if (link === undefined || link.security === 'unchecked' || isBare(link)) return undefined
      links.push(link)
      if (link.target === undefined) return outcomeOf(links, false)
      name = link.target
    }
    return undefined
  }

  /** Forgets all that was learnt. */
  clear(): void {
    this.#links.clear()
    this.#delegations.clear()
    this.#servers.clear()
    this.#judge.forget()
  }

  woke(timer: string): void {
    if (timer === 'resolver-log') this.#budget.woke(timer)
    else this.#time.woke()
  }

  stop(): void {
    for (const { iteration } of this.#running.values()) iteration.stop()
    this.#running.clear()
    this.#outlet.stop()
  }

  #follow(asking: Asking, name: DomainName, links: readonly Link[]): void {
    const { question, wanted, budget } = asking
    const need: Need = { budget, depth: 0, waiter: undefined }
    const then = (link: Link) => {
      const chain = [...links, link]
      const { target } = link
      if (target === undefined || (link.security === 'bogus' && !wanted.checkingDisabled))
        return this.#settle(asking, chain)
      if (chain.length > CHAIN_MAX || chain.some((one) => one.name === target))
        return this.#endless(asking, chain, target)
      this.#follow(asking, target, chain)
    }
    this.#need(name, question.type, need, then, wanted.refresh === true ? REFRESH_FROM : 0, wanted.checkingDisabled)
  }

  /** RFC 1034 §3.6.2: a loop or too long a chain is a failure, with the links that were found. */
  #endless(asking: Asking, chain: readonly Link[], target: DomainName): void {
    const text = `the chain of aliases never ends: ${target} again, or more than ${CHAIN_MAX} links`
    this.#settle(asking, [...chain, failureLink(this.#context, target, asking.question.type, { code: 0, text })])
  }

  #settle(asking: Asking, chain: readonly Link[]): void {
    if (asking.over) return
    const outcome = outcomeOf(chain, asking.wanted.checkingDisabled)
    if (failed(outcome) && this.#giveStale(asking)) return
    this.#finish(asking, outcome)
  }

  #finish(asking: Asking, outcome: Outcome): void {
    if (asking.over) return
    asking.over = true
    this.#time.cancel(asking.stale)
    asking.done(outcome)
  }

  /** RFC 8767 §5: an answer past its time rather than none. False: there is none of that either. */
  #giveStale(asking: Asking): boolean {
    const { question, wanted } = asking
    if (this.#options.staleMaxMs === 0 || wanted.refresh === true || asking.over) return false
    const links: Link[] = []
    let name = foldName(question.name)
    while (links.length <= CHAIN_MAX) {
      const link = this.#stale(name, question.type)
      if (link === undefined) return false
      links.push(link)
      if (link.target === undefined) {
        this.#finish(asking, { ...outcomeOf(links, wanted.checkingDisabled), stale: true })
        return true
      }
      name = link.target
    }
    return false
  }

  #stale(name: DomainName, type: number): Link | undefined {
    const wallMs = this.#time.wallMs
    const until = (link: Link | undefined) =>
      link !== undefined &&
      link.security !== 'bogus' &&
      link.security !== 'unchecked' &&
      link.storedMs <= wallMs &&
      wallMs < link.expiresMs + this.#options.staleMaxMs
    return [this.#links.find(name, type), this.#links.find(name, TYPE.CNAME), this.#links.findNoName(name)].find(until)
  }

  #need(
    name: DomainName,
    type: number,
    need: Need,
    then: (link: Link) => void,
    refreshFrom: number,
    unchecked = false,
  ): void {
    const cached = this.#cached(name, type, refreshFrom)
    if (cached === undefined || (need.depth === 0 && isBare(cached)))
      return this.#iterate(name, type, need, (link) => this.#checked(link, type, need, unchecked, then))
    this.#checked(cached, type, need, unchecked, then)
  }

  /** A link that nobody has looked at is validated before anybody gets it, unless they want it as it is. */
  #checked(link: Link, type: number, need: Need, unchecked: boolean, then: (link: Link) => void): void {
    if (link.security !== 'unchecked' || link.kind === 'failure' || unchecked) return then(link)
    this.#judging.check(link, type, need, then)
  }

  #fetchFor(need: Need): FetchLink {
    const inner = { ...need, depth: need.depth + 1 }
    return (name, type, fetched) => {
      if (need.depth >= DEPTH_MAX) return fetched(failureLink(this.#context, name, type, { code: 0, text: 'too deep' }))
      this.#need(name, type, inner, fetched, 0, true)
    }
  }

  /** From the cache, or made from what it has: a name below one that is not there (RFC 8020), one below a DNAME, one that is denied by proofs. */
  #cached(name: DomainName, type: number, refreshFrom: number): Link | undefined {
    const wallMs = this.#time.wallMs
    const good = (link: Link | undefined): link is Link =>
      link !== undefined && isFresh(link, wallMs) && link.expiresMs - wallMs > refreshFrom * link.ttlSeconds * 1000
    const link = this.#links.find(name, type)
    if (good(link)) return link
    const alias = type === TYPE.CNAME ? undefined : this.#links.find(name, TYPE.CNAME)
    if (good(alias) && alias.kind === 'alias') return alias
    const none = this.#links.findNoName(name)
    if (good(none)) return none
    for (let above = parentOf(name); above !== undefined; above = parentOf(above)) {
      const gone = this.#links.findNoName(above)
      if (good(gone) && gone.security === 'secure' && this.#saysOf(above, name)) return { ...gone, name, type }
      const dname = this.#links.find(above, TYPE.DNAME)
      if (good(dname) && dname.kind === 'data') return this.#throughDname(dname, name)
    }
    const failure = this.#links.findFailure(name, type)
    if (failure !== undefined && isFresh(failure, wallMs)) return failure
    const proven = this.#judge.proven(name, type, wallMs)
    return proven !== undefined && this.#saysOf(proven.zone, name) ? proven : undefined
  }

  /** Whether what is proven at or above `above` says anything of `name`: a forwarder in between knows names of its own. */
  #saysOf(above: DomainName, name: DomainName): boolean {
    const forwarder = this.#delegations.forwarder(name)
    return forwarder === undefined || isWithin(above, forwarder.zone)
  }

  #throughDname(dname: Link, name: DomainName): Link | undefined {
    const [set] = dname.sets
    const finding = set === undefined ? undefined : throughDname(set, dname.authorities, { name })
    if (finding?.kind !== 'alias') return undefined
    const { security, ttlSeconds, storedMs, expiresMs } = dname
    return {
      ...linkFrom(this.#context, name, TYPE.CNAME, finding, dname.zone),
      security,
      ttlSeconds,
      storedMs,
      expiresMs,
    }
  }

  #iterate(name: DomainName, type: number, need: Need, then: (link: Link) => void): void {
    const key = `${type} ${name}`
    const running = this.#running.get(key)
    if (running !== undefined) return this.#join(running, need, then)
    if (this.#running.size >= ITERATIONS_MAX) {
      this.#context.tell('resolver.limit', `${ITERATIONS_MAX} questions are under way`, { limit: 'iterations' })
      return then(failureLink(this.#context, name, type, { code: 0, text: 'too many questions are under way' }))
    }
    const iteration = new Iteration(this.#context, name, type, need, (link) => this.#found(key, link))
    const fresh: Running = { iteration, waiting: [] }
    this.#running.set(key, fresh)
    this.#join(fresh, need, then)
    iteration.begin()
  }

  /** Waits for an iteration, unless that one waits for the one who asks. */
  #join(running: Running, { waiter }: Need, then: (link: Link) => void): void {
    const { iteration, waiting } = running
    if (waiter !== undefined && waits(iteration, waiter)) {
      const error = { code: 22, text: `${iteration.name || '.'} cannot be found without itself` }
      return then(failureLink(this.#context, iteration.name, iteration.type, error))
    }
    waiter?.waitsFor.add(iteration)
    waiting.push((link) => {
      waiter?.waitsFor.delete(iteration)
      then(link)
    })
  }

  #found(key: string, link: Link): void {
    const running = this.#running.get(key)
    this.#running.delete(key)
    if (link.ttlSeconds > 0) this.#links.add(link)
    if (link.kind === 'alias' && link.sets[0]?.type === TYPE.DNAME) this.#keepDname(link)
    if (link.kind === 'failure')
      this.#context.tell('resolver.failed', `${link.name || '.'}: ${link.error?.text}`, { name: link.name })
    for (const then of running?.waiting ?? []) then(link)
  }

  /** Good for all other names below it. */
  #keepDname(link: Link): void {
    const [dname] = link.sets
    if (dname === undefined || link.ttlSeconds === 0) return
    const { target: _target, ...rest } = link
    this.#links.add({ ...rest, name: dname.name, type: TYPE.DNAME, kind: 'data', sets: [dname] })
  }
}

/** What a referral proved (no DS) will do for the resolver, but is no answer: that has an SOA (RFC 2308 §2.2), or BIND takes it for broken. */
function isBare({ kind, type, authorities }: Link): boolean {
  return kind === 'no-data' && type === TYPE.DS && soaAmong(authorities) === undefined
}

/** Whether `from` waits for `to`, or for one that does. Looks at each once: zones can be made so that many ways lead to one. */
function waits(from: Waiter, to: Waiter): boolean {
  const seen = new Set([from])
  for (const one of seen) {
    if (one === to) return true
    for (const next of one.waitsFor) seen.add(next)
  }
  return false
}
