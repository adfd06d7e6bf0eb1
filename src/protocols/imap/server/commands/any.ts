// Commands of every state (RFC 9051 §6.1), ID (RFC 2971), ENABLE (RFC 5161) and COMPRESS (RFC 4978).

import type { CommandOf } from '../../messages.ts'
import { enabledBy, preparedCapabilities } from '../capabilities.ts'
import { bad, no, ok, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'

export function capability(session: Session): Outcome {
  session.out.text(`* CAPABILITY ${preparedCapabilities(session)}\r\n`)
  return ok('these are the capabilities')
}

export function noop(): Outcome {
  return ok('done')
}

export function logout(session: Session): Outcome {
  session.out.text('* BYE see you\r\n')
  return { ...ok('logged out'), after: () => session.over() }
}

export function id(session: Session): Outcome {
  session.out.text('* ID ("name" "Portolan")\r\n')
  return ok('pleased to meet you')
}

export function enable(session: Session, { capabilities }: CommandOf<'ENABLE'>): Outcome {
  const enabled = capabilities.filter((capability) => enabledBy(session, capability))
  session.out.text(`* ENABLED${enabled.map((capability) => ` ${capability}`).join('')}\r\n`)
  return ok('enabled')
}

/** RFC 4978 §3. */
export function compress(session: Session, { mechanism }: CommandOf<'COMPRESS'>): Outcome {
  if (mechanism !== 'DEFLATE') return bad('only DEFLATE is known here')
  if (session.isCompressed) return no('everything is compressed already', 'COMPRESSIONACTIVE')
  return { ...ok('everything is compressed from here on'), after: () => session.host.compress() }
}
