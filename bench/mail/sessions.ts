// Many sessions that idle on one mailbox: what each holds in memory, and how soon all have heard of a new mail.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { alternate } from '../rounds.ts'
import { median, type Bench } from '../table.ts'
import { ImapWire } from './imap-wire.ts'
import { madeMail } from './mails.ts'
import { proportionalKib, residentKib } from '../process-memory.ts'
import { openFolder, startDovecot, startWorld, type MailSide } from './sides.ts'

const SESSIONS = 200
const ROUNDS = 5
const MAILS = 5
const MAIL_BYTES = 4096
/** Each session of Dovecot's takes an inotify instance of its user's, who often has 128; so many are for others. */
const INSTANCES_SPARED = 28
/** What a side still does once the last session is there. */
const SETTLE_MS = 1000
const MEMORY_ROUNDS = 3

export async function benchSessions(bench: Bench): Promise<void> {
  await benchFanOut(bench)
  await benchMemory(bench)
}

async function benchFanOut(bench: Bench): Promise<void> {
  using folder = openFolder()
  await using stack = new AsyncDisposableStack()
  const instances = Number(readFileSync('/proc/sys/fs/inotify/max_user_instances', 'utf8'))
  const theirSessions = Math.min(SESSIONS, instances - INSTANCES_SPARED)
  const world = await startWorld(folder.path, stack)
  const dovecot = await startDovecot(join(folder.path, 'd'), stack)
  const ours = await opened(world, SESSIONS, stack)
  const theirs = await opened(dovecot, theirSessions, stack)
  const figures = await alternate(
    { ours: () => medianMs(world, ours), theirs: () => medianMs(dovecot, theirs) },
    { rounds: ROUNDS, note: bench.note('fan-out') },
  )
  bench.add({
    work: `IDLE, a mail heard of by ${SESSIONS} sessions`,
    beside: theirSessions === SESSIONS ? 'Dovecot' : `Dovecot, ${theirSessions} sessions`,
    unit: 'ms',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('theirs') ?? [],
    reach: { of: 'ratio', bound: 'at most', limit: 1 },
  })
}

/** From the first octet of an APPEND to the last of the sessions. */
async function medianMs({ imap, reader }: MailSide, sessions: readonly ImapWire[]): Promise<number> {
  const wire = await ImapWire.login(imap, reader.user, reader.password)
  const tookMs: number[] = []
  for (let mail = 0; mail < MAILS; mail++) {
    const begun = performance.now()
    const heard = Promise.all(sessions.map((session) => session.exists()))
    await wire.append('INBOX', madeMail(MAIL_BYTES, mail))
    await heard
    tookMs.push(performance.now() - begun)
  }
  await wire.close()
  return median(tookMs)
}

async function benchMemory(bench: Bench): Promise<void> {
  const kib = (start: Start, measure: (pid: number) => number) => async (): Promise<number> => {
    using folder = openFolder()
    await using stack = new AsyncDisposableStack()
    const side = await start(folder.path, stack)
    await (await session(side)).close()
    await after(SETTLE_MS)
    const before = measure(side.pid)
    await opened(side, SESSIONS, stack)
    await after(SETTLE_MS)
    return (measure(side.pid) - before) / SESSIONS
  }
  const figures = await alternate(
    {
      ours: kib(startWorld, residentKib),
      theirs: kib((folder, stack) => startDovecot(join(folder, 'd'), stack), proportionalKib),
    },
    { rounds: MEMORY_ROUNDS, warmUps: 0, note: bench.note('memory of sessions') },
  )
  bench.add({
    work: `memory of an idle IMAP session, of ${SESSIONS}`,
    beside: 'Dovecot',
    unit: 'KiB',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('theirs') ?? [],
    reach: { of: 'ratio', bound: 'at most', limit: 0.1 },
  })
}

type Start = (folder: string, stack: AsyncDisposableStack) => Promise<MailSide>

async function opened(side: MailSide, count: number, stack: AsyncDisposableStack): Promise<readonly ImapWire[]> {
  const sessions: ImapWire[] = []
  stack.defer(async () => void (await Promise.all(sessions.map((one) => one.close()))))
  while (sessions.length < count) sessions.push(await session(side))
  return sessions
}

async function session({ imap, reader }: MailSide): Promise<ImapWire> {
  const wire = await ImapWire.login(imap, reader.user, reader.password)
  await wire.command('SELECT INBOX')
  await wire.idle()
  return wire
}
