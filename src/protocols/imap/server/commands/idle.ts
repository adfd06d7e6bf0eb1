// IDLE (RFC 9051 §6.3.13): what others change is told at once, until DONE.

import { bad, ok, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'
import { tellChanges } from '../tell.ts'

const LINE_MAX_BYTES = 16

export function idle(session: Session): Outcome {
  session.out.text('+ idling\r\n')
  tellChanges(session, true)
  return IDLING
}

const IDLING: Outcome = {
  kind: 'exchange',
  lineMaxBytes: LINE_MAX_BYTES,
  tellsChanges: true,
  line: (text) => (text.toUpperCase() === 'DONE' ? ok('no longer idle') : bad('expected DONE')),
}
