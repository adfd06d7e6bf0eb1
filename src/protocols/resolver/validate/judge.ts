// Whether links are to be believed (RFC 4035 §5): each as the response that it was, judged from the trust anchors down.

import type { WorldView } from '../../../core/world-view.ts'
import type { DomainName } from '../../../shared/dns/messages.ts'
import type { Link } from '../cache/links.ts'
import type { RecursorOptions } from '../options.ts'
import type { Timekeeper } from '../timekeeper.ts'

/** Looks up DS or DNSKEY records as they are. */
export type FetchLink = (name: DomainName, type: number, then: (link: Link) => void) => void

export interface Judge {
  /** `then` gets the link with its security, once, later or at once. */
  judge(link: Link, fetch: FetchLink, then: (link: Link) => void): void
  /** What follows from proofs of denial that were seen (RFC 8198); undefined: nothing. */
  proven(name: DomainName, type: number, wallMs: number): Link | undefined
  forget(): void
}

export function judgeFor(_world: WorldView, _options: RecursorOptions, _time: Timekeeper): Judge {
  return {
    judge: (link, _fetch, then) => then({ ...link, security: 'insecure' }),
    proven: () => undefined,
    forget: () => undefined,
  }
}
