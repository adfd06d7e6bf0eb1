// A mailbox of 10,000 mails of 4 KiB: flags and bodies read, searched, added to.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { maildirOf } from '../../test/interop/mail/dovecot.ts'
import { addRow } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { ImapWire } from './imap-wire.ts'
import { madeMail } from './mails.ts'
import { openFolder, startDovecot, startWorld, type MailSide } from './sides.ts'

const MAILS = 10_000
const MAIL_BYTES = 4096
const FILL_AT_A_TIME = 500
const ROUNDS = 5
const WARM_UPS = 2
/** Flags of a whole mailbox come in a few milliseconds: so often in one figure. */
const FLAG_FETCHES = 10
const APPENDS = 200
const APPENDERS = 10
const ROW: RowText = {
  beside: 'Dovecot, Maildir',
  unit: '/s',
  reach: { of: 'ratio', bound: 'at least', limit: 1 },
}

interface Work {
  readonly work: string
  readonly measure: (session: Session) => Promise<number>
}

interface Session {
  readonly side: MailSide
  readonly wire: ImapWire
}

const WORKS: readonly Work[] = [
  {
    work: 'FETCH 1:* FLAGS, 10,000 mails',
    measure: ({ wire }) => perSecond(MAILS, FLAG_FETCHES, () => wire.command('FETCH 1:* FLAGS')),
  },
  { work: 'FETCH 1:* BODY.PEEK[], 10,000 mails', measure: ({ wire }) => bodiesPerSecond(wire) },
  {
    work: 'SEARCH TEXT, 10,000 mails',
    measure: ({ wire }) => perSecond(MAILS, 1, () => wire.command('SEARCH TEXT "nowhere to be found"')),
  },
  { work: 'APPEND, 4 KiB, 1 connection', measure: ({ side }) => appendsPerSecond(side, 1) },
  { work: 'APPEND, 4 KiB, 10 connections', measure: ({ side }) => appendsPerSecond(side, APPENDERS) },
]

export async function benchMailbox(bench: Bench): Promise<void> {
  using folder = openFolder()
  await using stack = new AsyncDisposableStack()
  const ours = await opened(await startWorld(folder.path, stack), stack, fillByAppend)
  const dovecot = await startDovecot(join(folder.path, 'd'), stack)
  fillMaildir(join(maildirOf(join(folder.path, 'd'), dovecot.reader.user), '.Big'))
  const theirs = await opened(dovecot, stack)
  const sides = { ours, theirs, rounds: ROUNDS, warmUps: WARM_UPS }
  for (const { work, measure } of WORKS) await addRow(bench, { ...ROW, work }, sides, measure)
}

/** Logs in and selects `Big`, which `fill` has filled, with an empty `Added` beside it. */
async function opened(
  side: MailSide,
  stack: AsyncDisposableStack,
  fill?: (wire: ImapWire) => Promise<void>,
): Promise<Session> {
  const wire = await ImapWire.login(side.imap, side.reader.user, side.reader.password)
  stack.defer(() => wire.close())
  await wire.command('CREATE Added')
  await fill?.(wire)
  await wire.command('SELECT Big')
  return { side, wire }
}

async function fillByAppend(wire: ImapWire): Promise<void> {
  await wire.command('CREATE Big')
  for (let from = 0; from < MAILS; from += FILL_AT_A_TIME) {
    await wire.appendAll(
      'Big',
      Array.from({ length: FILL_AT_A_TIME }, (_, at) => madeMail(MAIL_BYTES, from + at)),
    )
  }
}

/** As Dovecot would have done it itself, one sync for each mail aside: line ends are LF, sizes stand in names. */
function fillMaildir(maildir: string): void {
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name), { recursive: true })
  for (let number = 0; number < MAILS; number++) {
    const content = madeMail(MAIL_BYTES, number)
    const stored = content.toString('latin1').replaceAll('\r\n', '\n')
    const name = `${1_700_000_000 + number}.M${number}P1.bench,S=${stored.length},W=${content.length}:2,`
    writeFileSync(join(maildir, 'cur', name), stored)
  }
}

async function perSecond(count: number, times: number, act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  for (let time = 0; time < times; time++) await act()
  return ((count * times) / (performance.now() - begun)) * 1000
}

async function bodiesPerSecond(wire: ImapWire): Promise<number> {
  const before = wire.received
  const figure = await perSecond(MAILS, 1, () => wire.command('FETCH 1:* BODY.PEEK[]'))
  if (wire.received - before < MAILS * MAIL_BYTES) throw new Error('not every body came')
  return figure
}

async function appendsPerSecond({ imap, reader }: MailSide, connections: number): Promise<number> {
  const wires = await Promise.all(
    Array.from({ length: connections }, () => ImapWire.login(imap, reader.user, reader.password)),
  )
  const content = madeMail(MAIL_BYTES, 0)
  const each = APPENDS / connections
  const figure = await perSecond(APPENDS, 1, () =>
    Promise.all(
      wires.map(async (wire) => {
        for (let time = 0; time < each; time++) await wire.append('Added', content)
      }),
    ),
  )
  await Promise.all(wires.map((wire) => wire.close()))
  return figure
}
