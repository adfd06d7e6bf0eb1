// The port that a URL means when it says none.

import { WELL_KNOWN_PORTS } from '../net/ports/well-known.ts'

/** RFC 6455 §3: the schemes that are called otherwise than their service. */
const SERVICES = new Map([
  ['ws', 'http'],
  ['wss', 'https'],
])

/** `scheme` without its colon: a service's registered name or one of its aliases. */
export function schemePort(scheme: string): number | undefined {
  const service = SERVICES.get(scheme) ?? scheme
  const named = WELL_KNOWN_PORTS.find((known) => known.name === service)
  return (named ?? WELL_KNOWN_PORTS.find((known) => known.aliases.includes(service)))?.port
}
