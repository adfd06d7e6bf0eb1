// Whether links are to be believed (RFC 4035 §5): each as the response that it was, judged from the trust anchors down.

import type { WorldView } from '../../../core/world-view.ts'
import {
  CLASS,
  RCODE,
  query,
  type DomainName,
  type Message,
  type ResourceRecord,
} from '../../../shared/dns/messages.ts'
import {
  openValidator,
  trustAnchorAt,
  type ValidationAnchor,
  type Validator,
  type Verdict,
} from '../../../shared/dnssec/index.ts'
import type { Link, Security } from '../cache/links.ts'
import { BOGUS_SECONDS } from '../limits.ts'
import type { RecursorOptions } from '../options.ts'
import { recordsOf, type SignedSet } from '../records.ts'
import type { Timekeeper } from '../timekeeper.ts'
import { KnownDenials } from './known-denials.ts'

/** Looks up DS or DNSKEY records as they are. */
export type FetchLink = (name: DomainName, type: number, then: (link: Link) => void) => void

export interface Judge {
  /** `then` gets the link with its security, once, later or at once. `isBogus` says what it is, whatever is made of that. */
  judge(link: Link, fetch: FetchLink, then: (link: Link, isBogus: boolean) => void): void
  /** What follows from proofs of denial that were seen (RFC 8198); undefined: nothing. */
  proven(name: DomainName, type: number, wallMs: number): Link | undefined
  /** What a zone and all below it were judged by is looked at anew. */
  doubt(zone: DomainName): void
  forget(): void
}

export function judgeFor(world: Pick<WorldView, 'root' | 'secret'>, options: RecursorOptions, time: Timekeeper): Judge {
  return options.validate === 'no' ? believing : new ValidatingJudge(world, options, time)
}

const believing: Judge = {
  judge: (link, _fetch, then) => then({ ...link, security: 'insecure' }, false),
  proven: () => undefined,
  doubt: () => undefined,
  forget: () => undefined,
}

/** How long what was anchored on is good for: keys are rolled by the world's clock, and the next ones are known days ahead. */
const ANCHORED_MS = 43_200_000

class ValidatingJudge implements Judge {
  readonly #world: Pick<WorldView, 'root' | 'secret'>
  readonly #options: RecursorOptions
  readonly #time: Timekeeper
  readonly #denials = new KnownDenials()
  #validator: Validator | undefined
  #openedMs = 0

  constructor(world: Pick<WorldView, 'root' | 'secret'>, options: RecursorOptions, time: Timekeeper) {
    this.#world = world
    this.#options = options
    this.#time = time
  }

  judge(link: Link, fetch: FetchLink, then: (link: Link, isBogus: boolean) => void): void {
    const validator = this.#current()
    if (!validator.covers(link.name)) return then({ ...link, security: 'insecure' }, false)
    const question = { name: link.name, type: link.type, class: CLASS.IN }
    const fetchMessage = (name: DomainName, type: number, fetched: (message: Message | undefined) => void): void =>
      fetch(name, type, (found) => fetched(messageOf(found)))
    const nowSeconds = Math.floor(this.#time.wallMs / 1000)
    const message = messageOf(link) ?? query(0, question, { response: true, rcode: RCODE.SERVFAIL })
    validator.validate(question, message, nowSeconds, fetchMessage, (verdict) => {
      then(this.#judged(link, verdict), verdict.security === 'bogus')
    })
  }

  proven(name: DomainName, type: number, wallMs: number): Link | undefined {
    return this.#denials.proven(name, type, wallMs)
  }

  doubt(zone: DomainName): void {
    this.#validator?.forget(zone)
  }

  forget(): void {
    this.#validator = undefined
    this.#denials.clear()
  }

  #judged(link: Link, verdict: Verdict): Link {
    const security = this.#securityOf(verdict)
    const bogus = verdict.security === 'bogus'
    const ttlSeconds = Math.min(link.ttlSeconds, bogus ? BOGUS_SECONDS : verdict.ttlSeconds)
    const { error } = verdict
    const judged: Link = {
      ...link,
      security,
      ttlSeconds,
      expiresMs: Math.min(link.expiresMs, link.storedMs + ttlSeconds * 1000),
      ...(error !== undefined && verdict.security !== 'indeterminate' && { error }),
    }
    if (security === 'secure') this.#denials.learn(judged, verdict.sets)
    return judged
  }

  #securityOf(verdict: Verdict): Security {
    if (verdict.security === 'bogus') return this.#options.validate === 'permissive' ? 'insecure' : 'bogus'
    return verdict.security === 'secure' ? 'secure' : 'insecure'
  }

  #current(): Validator {
    const { wallMs } = this.#time
    const { negativeAnchors } = this.#options
    if (this.#validator === undefined || Math.abs(wallMs - this.#openedMs) > ANCHORED_MS) {
      this.#openedMs = wallMs
      this.#validator = openValidator({ anchors: this.#anchors(wallMs), negativeAnchors })
    }
    return this.#validator
  }

  /** The world's own, unless resolution begins elsewhere. Several of one zone count together. */
  #anchors(wallMs: number): ValidationAnchor[] {
    const { root, secret } = this.#world
    const { anchors, hints } = this.#options
    const own =
      hints.length === 0 && root.signing !== undefined ? [trustAnchorAt(secret, '', root.signing, wallMs)] : []
    const byZone = new Map<DomainName, ValidationAnchor>()
    for (const { zone, ds, keys } of [...own, ...anchors]) {
      const known = byZone.get(zone) ?? { zone, ds: [], keys: [] }
      byZone.set(zone, { zone, ds: [...known.ds, ...ds], keys: [...known.keys, ...keys] })
    }
    return [...byZone.values()]
  }
}

/** The response that a link stands for; undefined: there was none. */
function messageOf(link: Link): Message | undefined {
  if (link.kind === 'failure') return undefined
  return query(
    0,
    { name: link.name, type: link.type, class: CLASS.IN },
    {
      response: true,
      rcode: link.kind === 'no-name' ? RCODE.NXDOMAIN : RCODE.NOERROR,
      answers: link.sets.flatMap(asSent),
      authorities: link.authorities.flatMap(asSent),
    },
  )
}

function asSent(set: SignedSet): ResourceRecord[] {
  return recordsOf(set, set.ttlSeconds, true)
}
