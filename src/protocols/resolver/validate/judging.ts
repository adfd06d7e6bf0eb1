// Links on their way through the judge, and what is done about those that are bogus (RFC 4035 §5.5, RFC 9520 §3.2): the answer is asked
// for once more, of another server where there is one, and then the keys are.

import { parentOf } from '../../../shared/dns/codec/name.ts'
import { TYPE, type DomainName } from '../../../shared/dns/messages.ts'
import type { Link, LinkCache } from '../cache/links.ts'
import { doubt, type ServerTable } from '../cache/servers.ts'
import type { Need, Tell } from '../iterate/context.ts'
import { BOGUS_SECONDS, DOUBTED_ZONES_MAX } from '../limits.ts'
import type { Timekeeper } from '../timekeeper.ts'
import type { FetchLink, Judge } from './judge.ts'

export interface JudgingParts {
  readonly judge: Judge
  readonly links: LinkCache
  readonly servers: ServerTable
  readonly time: Timekeeper
  readonly tell: Tell
  /** Asks servers, whatever is known. */
  iterate(name: DomainName, type: number, need: Need, then: (link: Link) => void): void
  /** For keys: as they are, from the cache as well. */
  fetchFor(need: Need): FetchLink
}

interface Case {
  /** What was asked for: an alias is of another type. */
  readonly type: number
  readonly need: Need
  readonly waiting: ((link: Link) => void)[]
  /** What can still be done when it is bogus. */
  readonly left: ('answer' | 'keys')[]
}

export class Judging {
  readonly #parts: JudgingParts
  readonly #cases = new Map<Link, Case>()
  /** Zones whose keys were asked for anew, and until when they are not again; the machine's time. */
  readonly #doubted = new Map<DomainName, number>()
  #allDoubtedUntilMs = -Infinity

  constructor(parts: JudgingParts) {
    this.#parts = parts
  }

  /** `link` is one that nobody has looked at. `then` gets it with its security, or another in its place. */
  check(link: Link, type: number, need: Need, then: (link: Link) => void): void {
    const known = this.#cases.get(link)
    if (known !== undefined) return void known.waiting.push(then)
    const fresh: Case = { type, need, waiting: [then], left: ['answer', 'keys'] }
    this.#cases.set(link, fresh)
    this.#judge(link, link, fresh)
  }

  #judge(first: Link, link: Link, one: Case): void {
    const { judge, fetchFor } = this.#parts
    judge.judge(link, fetchFor(one.need), (judged, isBogus) => {
      if (isBogus && judged.security === 'bogus' && this.#again(first, link, judged, one)) return
      this.#settle(first, judged, isBogus, one)
    })
  }

  /** False: nothing is left to be tried. */
  #again(first: Link, link: Link, judged: Link, one: Case): boolean {
    const next = one.left.shift()
    if (next === undefined) return false
    if (next === 'answer') {
      this.#doubt(link)
      this.#parts.iterate(link.name, one.type, one.need, (other) => {
        if (other.kind === 'failure') this.#settle(first, judged, true, one)
        else this.#judge(first, other, one)
      })
      return true
    }
    if (!this.#doubtKeys(link)) return false
    this.#judge(first, link, one)
    return true
  }

  #settle(first: Link, judged: Link, isBogus: boolean, { waiting }: Case): void {
    const { links, tell } = this.#parts
    this.#cases.delete(first)
    if (isBogus) tell('resolver.bogus', bogusText(judged), { name: judged.name })
    if (judged.ttlSeconds > 0) links.add(judged)
    for (const then of waiting) then(judged)
  }

  #doubt({ from, zone }: Link): void {
    const { servers, time } = this.#parts
    if (from !== undefined) doubt(servers.at(from), zone, time.nowMs)
  }

  /** The zone's own at most once in a while, and those of all zones above it too; false: it was just done. */
  #doubtKeys({ name, zone }: Link): boolean {
    const { judge, links, time } = this.#parts
    const { nowMs } = time
    if ((this.#doubted.get(zone) ?? -Infinity) > nowMs) return false
    const untilMs = nowMs + BOGUS_SECONDS * 1000
    this.#remember(zone, untilMs)
    const top = this.#allDoubtedUntilMs <= nowMs ? '' : zone
    if (top === '') this.#allDoubtedUntilMs = untilMs
    for (let at: DomainName | undefined = name; at !== undefined; at = at === top ? undefined : parentOf(at)) {
      for (const type of [TYPE.DNSKEY, TYPE.DS]) {
        const link = links.find(at, type)
        if (link !== undefined) this.#doubt(link)
        links.remove(at, type)
      }
    }
    judge.doubt(top)
    return true
  }

  #remember(zone: DomainName, untilMs: number): void {
    this.#doubted.delete(zone)
    const oldest = this.#doubted.size >= DOUBTED_ZONES_MAX ? this.#doubted.keys().next().value : undefined
    if (oldest !== undefined) this.#doubted.delete(oldest)
    this.#doubted.set(zone, untilMs)
  }
}

function bogusText({ name, error }: Link): string {
  return `${name || '.'}: ${error?.text ?? 'does not validate'}`
}
