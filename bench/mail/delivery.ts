// How long a mail takes from the mail client that hands it in on port 587, with TLS and a login, to the mail client that
// idles on the recipient's inbox. A world relays it to another server on the way; Postfix hands it to Dovecot by LMTP.

import { addRow } from '../rounds.ts'
import { median, type Bench, type RowText } from '../table.ts'
import { ImapWire } from './imap-wire.ts'
import { madeMail } from './mails.ts'
import { openFolder, startPostfixAndDovecot, startWorld, type MailSide } from './sides.ts'
import { submit } from './submit.ts'

const MAILS = 10
const MAIL_BYTES = 4096
const ROUNDS = 5
const WARM_UPS = 1
const ROW: RowText = {
  beside: 'Postfix and Dovecot',
  unit: 'ms',
  reach: { of: 'ratio', bound: 'at most', limit: 1 },
}

/** How the reader hears of new mail. Dovecot waits half a second before it tells those who IDLE. */
const WAYS = { IDLE: (wire: ImapWire) => wire.exists(), NOOP: (wire: ImapWire) => wire.ask() } as const

export async function benchDelivery(bench: Bench): Promise<void> {
  using folder = openFolder()
  await using stack = new AsyncDisposableStack()
  const ours = await startWorld(folder.path, stack)
  const theirs = await startPostfixAndDovecot(folder.path, stack)
  const sides = { ours, theirs, rounds: ROUNDS, warmUps: WARM_UPS }
  for (const way of ['IDLE', 'NOOP'] as const) {
    const work = `587 to inbox, p50, heard of by ${way}`
    await addRow(bench, { ...ROW, work }, sides, (side) => medianMs(side, way))
  }
}

async function medianMs({ imap, submission, sender, reader }: MailSide, way: keyof typeof WAYS): Promise<number> {
  const wire = await ImapWire.login(imap, reader.user, reader.password)
  await wire.command('SELECT INBOX')
  if (way === 'IDLE') await wire.idle()
  const tookMs: number[] = []
  for (let at = 0; at < MAILS; at++) {
    const content = madeMail(MAIL_BYTES, at).toString('latin1')
    const begun = performance.now()
    const seen = WAYS[way](wire)
    await submit(submission, sender, reader.user, content)
    await seen
    tookMs.push(performance.now() - begun)
  }
  await wire.close()
  return median(tookMs)
}
