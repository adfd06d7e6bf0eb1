// Where data connections may go and come from: what PASV, EPSV, PORT and EPRT may ask for (RFC 959, RFC 2428, RFC 2577 §3).

import { parseExtended, parsePort } from '../codec/address.ts'
import { reply } from '../codec/reply.ts'
import type { DataAddress, Reply } from '../messages.ts'
import type { Session } from './session.ts'

/** Below it are the ports of services, at which no client listens (RFC 2577 §3). */
const CLIENT_PORT_MIN = 1024

const EXTENDED_ONLY = reply(503, 'EPSV ALL was said: there is no other way now.')

export type NamedAddress =
  | { readonly kind: 'address'; readonly address: DataAddress }
  | { readonly kind: 'wrong'; readonly reply: Reply }
  /** Somebody else's address, or a service's port. */
  | { readonly kind: 'bounce'; readonly reply: Reply; readonly what: string }

/** Why no port is opened; EPSV ALL has its answer here too. `family`: of the control connection. */
export function passiveRefusal(
  verb: 'PASV' | 'EPSV',
  argument: string,
  family: 4 | 6,
  session: Session,
): Reply | undefined {
  if (verb === 'PASV') {
    if (session.isExtendedOnly) return EXTENDED_ONLY
    return family === 6 ? reply(425, 'PASV has no form for IPv6: use EPSV.') : undefined
  }
  if (argument.toUpperCase() === 'ALL') {
    session.isExtendedOnly = true
    return reply(200, 'EPSV ALL ok.')
  }
  if (argument === '' || argument === (family === 4 ? '1' : '2')) return undefined
  return wrongFamily(family)
}

/** The address of PORT or EPRT, if it is the peer's own. */
export function namedAddress(verb: 'PORT' | 'EPRT', argument: string, peerIp: string, session: Session): NamedAddress {
  if (session.isExtendedOnly) return { kind: 'wrong', reply: EXTENDED_ONLY }
  const family = peerIp.includes(':') ? 6 : 4
  const address = verb === 'PORT' ? parsePort(argument) : parseExtended(argument)
  if (address === 'family') return { kind: 'wrong', reply: wrongFamily(family) }
  if (address === undefined) return { kind: 'wrong', reply: reply(501, `Bad ${verb} command.`) }
  if (verb === 'EPRT' && address.ip.includes(':') !== (family === 6)) {
    return { kind: 'wrong', reply: wrongFamily(family) }
  }
  if (address.ip === peerIp && address.port >= CLIENT_PORT_MIN) return { kind: 'address', address }
  const what = `${verb} to ${address.ip} port ${address.port} refused: data goes to the client's own high ports only`
  return { kind: 'bounce', reply: reply(500, `Illegal ${verb} command.`), what }
}

/** RFC 2428 §2. */
function wrongFamily(family: 4 | 6): Reply {
  return reply(522, `Network protocol not supported, use (${family === 4 ? 1 : 2})`)
}
