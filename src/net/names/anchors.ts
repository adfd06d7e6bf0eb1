// Where resolvers of others begin in this world, and what they may trust, in the forms that they read.

import type { RootView } from '../../core/zones.ts'
import { familyOf } from '../../core/address.ts'
import { formatBindAnchors, formatDsAnchor, trustAnchorAt } from '../../shared/dnssec/anchors.ts'
import type { AnchorView } from './view.ts'

/** As IANA's: 3,600,000 seconds, some 42 days. */
const HINTS_TTL_SECONDS = 3_600_000

export function anchorsOf(root: RootView, secret: Uint8Array, wallMs: number): AnchorView {
  const hints = root.servers.flatMap(({ name, addresses }) => [
    `. ${HINTS_TTL_SECONDS} NS ${name}.\n`,
    ...addresses.map((ip) => `${name}. ${HINTS_TTL_SECONDS} ${familyOf(ip) === 4 ? 'A' : 'AAAA'} ${ip}\n`),
  ])
  if (root.signing === undefined) return { hints: hints.join(''), ds: '', bind: '' }
  const anchor = trustAnchorAt(secret, '', root.signing, wallMs)
  return { hints: hints.join(''), ds: formatDsAnchor(anchor), bind: formatBindAnchors([anchor]) }
}
