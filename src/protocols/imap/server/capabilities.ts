// What the server says it can do, by state (RFC 9051 §7.2.2), and what ENABLE switches on.

import { mechanismsFor, takesPlain } from '../../../shared/sasl/index.ts'
import type { Session } from './session.ts'

/** In every state. */
const ALWAYS = 'IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE'

/** Once somebody has logged in. */
const LOGGED_IN = [
  'IDLE',
  'NAMESPACE',
  'UIDPLUS',
  'MOVE',
  'UNSELECT',
  'CHILDREN',
  'CONDSTORE',
  'QRESYNC',
  'ESEARCH',
  'SEARCHRES',
  'WITHIN',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'SPECIAL-USE',
  'CREATE-SPECIAL-USE',
  'MULTIAPPEND',
  'BINARY',
  'STATUS=SIZE',
  'OBJECTID',
  'SAVEDATE',
  'QUOTA',
  'QUOTA=RES-STORAGE',
  'QUOTA=RES-MESSAGE',
  'SORT',
  'SORT=DISPLAY',
  'THREAD=ORDEREDSUBJECT',
  'THREAD=REFERENCES',
].join(' ')

export function preparedCapabilities(session: Session): string {
  if (session.state === 'not-authenticated') return [ALWAYS, ...loginCapabilities(session)].join(' ')
  const { messageMaxBytes } = session.context.limits
  const compress = session.isCompressed ? '' : ' COMPRESS=DEFLATE'
  return `${ALWAYS} ${LOGGED_IN} APPENDLIMIT=${messageMaxBytes}${compress}`
}

function loginCapabilities({ io, context }: Session): string[] {
  return [
    ...(io.tls === undefined ? ['STARTTLS'] : []),
    ...(takesPlain(io, context) ? [] : ['LOGINDISABLED']),
    ...mechanismsFor(io, context).map((mechanism) => `AUTH=${mechanism}`),
  ]
}

/** Whether ENABLE knows the word; it is on then (RFC 9051 §6.3.1, RFC 7162 §3.1, §3.2.3). */
export function enabledBy(session: Session, capability: string): boolean {
  switch (capability) {
    case 'IMAP4REV2':
      session.enabled.rev2 = true
      return true
    case 'CONDSTORE':
      enableCondstore(session)
      return true
    case 'QRESYNC':
      enableCondstore(session)
      session.enabled.qresync = true
      return true
    default:
      return false
  }
}

/** A command that only a client with CONDSTORE sends switches it on (RFC 7162 §3.1). */
export function enableCondstore(session: Session): void {
  if (session.enabled.condstore) return
  session.enabled.condstore = true
  const modSeq = session.selected?.mailbox.highestModSeq
  if (modSeq !== undefined) session.out.text(`* OK [HIGHESTMODSEQ ${modSeq}] CONDSTORE is on\r\n`)
}
