// Mail: taken, relayed, read and kept open, a world with its mail on disk beside Postfix and Dovecot with theirs.

import { missingRoot } from '../test/interop/mail/rootless.ts'
import { benchAccept } from './mail/accept.ts'
import { benchDelivery } from './mail/delivery.ts'
import { benchMailbox } from './mail/mailbox.ts'
import { benchSessions } from './mail/sessions.ts'
import { missing } from './peer.ts'
import type { Bench } from './table.ts'

const POSTFIX = { postfix: 'postfix', 'smtp-source': 'postfix' }
const DOVECOT = { dovecot: 'dovecot-imapd dovecot-lmtpd' }

export async function benchMail(bench: Bench): Promise<void> {
  const root = missingRoot()
  const noPostfix = missing(POSTFIX) ?? root
  const noDovecot = missing(DOVECOT)
  if (noPostfix === undefined) await benchAccept(bench)
  else bench.skip('mail taken', noPostfix)
  const noEither = noPostfix ?? noDovecot
  if (noEither === undefined) await benchDelivery(bench)
  else bench.skip('587 to inbox', noEither)
  if (noDovecot !== undefined) return bench.skip('IMAP', noDovecot)
  await benchMailbox(bench)
  await benchSessions(bench)
}
