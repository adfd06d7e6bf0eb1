// What a server says of itself in class CH (RFC 4892 §3): `version.bind` and its kin.

import type { Name } from '../../core/name.ts'
import { EXTENDED_ERROR } from '../../shared/dns/edns/extended-errors.ts'
import { RCODE, TYPE } from '../../shared/dns/messages.ts'
import { refusal, type Resolution } from './resolution.ts'

const VERSION = 'portolan'
const VERSION_NAMES: ReadonlySet<Name> = new Set(['version.bind', 'version.server'])
const IDENTITY_NAMES: ReadonlySet<Name> = new Set(['hostname.bind', 'id.server'])

export function chaos(hostName: Name, name: Name, type: number): Resolution {
  const text = VERSION_NAMES.has(name) ? VERSION : IDENTITY_NAMES.has(name) ? hostName : undefined
  if (text === undefined) return refusal(RCODE.REFUSED, { code: EXTENDED_ERROR.NOT_AUTHORITATIVE, text: '' })
  const data = [Uint8Array.from([text.length, ...Buffer.from(text, 'latin1')])]
  const answer = { owner: name, set: { type: TYPE.TXT, ttlSeconds: 0, data }, zone: undefined, at: name }
  const wanted = type === TYPE.TXT || type === TYPE.ANY
  return { ...refusal(RCODE.NOERROR), authoritative: true, answers: wanted ? [answer] : [] }
}
