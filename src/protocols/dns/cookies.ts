// What an asker's COOKIE option says of them (RFC 7873 §5.2): nothing, that they want one, or that the address they ask from
// is theirs.

import type { Io } from '../../core/io.ts'
import type { EdnsOption } from '../../shared/dns/messages.ts'
import type { QueryScan } from '../../shared/dns/serving/query-scan.ts'

export interface CookieVerdict {
  /** `fresh`: only the asker's own half, or one that is not (or no longer) ours. */
  readonly kind: 'none' | 'malformed' | 'fresh' | 'good'
  /** What goes into the answer. */
  readonly options: readonly EdnsOption[]
}

export interface Cookies {
  /** `scan` has read the packet and found the option. */
  check(packet: Uint8Array, scan: QueryScan, ip: string, io: Io): CookieVerdict
}
