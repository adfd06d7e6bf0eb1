// A disk, or a mailbox, that is full: mail is refused for now in each protocol's own words, what was acknowledged is there and stays, what
// was refused left nothing behind, and once there is room mail goes on.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isConfigError, isFailure } from '../../src/core/failure.ts'
import type { Post } from '../../src/core/post.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { openPost, type KeptPost, type QuotaLimits } from '../../src/mailboxes/index.ts'
import { createAuthority, territoryOf } from '../../src/net/authority/index.ts'
import { compileGate } from '../../src/net/firewall/index.ts'
import { startInternet } from '../../src/net/internet.ts'
import { Keeper } from '../../src/net/keeper.ts'
import { freePlacement, onLoopback } from '../../src/net/loopback.ts'
import { portsOf } from '../../src/net/ports/index.ts'
import { FlowRecord } from '../../src/net/record/index.ts'
import { openHomes } from '../../src/net/world-folder.ts'
import { createWorldState, resolveWorld } from '../../src/net/world/index.ts'
import { services } from '../../src/services.ts'
import { EventFeed } from '../../src/testing/event-feed.ts'
import { RunningWorld } from '../../src/testing/running-world.ts'
import { ALICE, BOB, HOST, inboxOf, loggedIn, mailData, others, reach, type Talk } from './mail.ts'

const DISK_BYTES = 2_000_000
const NO_ROOM = '452 4.3.1 no room now: try again later\r\n'
const OK = /^250 .*\r\n/

interface FullWorld {
  readonly world: RunningWorld
  readonly post: Post
  /** Ends the world, and opens its mail again. */
  again(): Promise<KeptPost>
}

/** A world whose mail may take so much room, in a file or nowhere. */
async function worldOn(t: TestContext, kept: boolean, quota: Partial<QuotaLimits> = {}): Promise<FullWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const plane = new HostPlane()
  const options = {
    users: [ALICE, BOB],
    anyAddress: false,
    wallMs: () => plane.wallMs(),
    maxBytes: DISK_BYTES,
    quota,
    ...(kept ? { file: join(folder, 'mail') } : {}),
  }
  const post = opened(options)
  const world = await running(plane, post)
  const stop = async () => {
    await world.stop()
    await post.close()
  }
  t.after(() => world.stop())
  return { world, post, again: async () => (await stop(), opened(options)) }
}

function opened(options: Parameters<typeof openPost>[0]): KeptPost {
  const post = openPost(options)
  if (isFailure(post)) throw new Error(post.message)
  return post
}

async function running(plane: HostPlane, post: Post): Promise<RunningWorld> {
  const resolved = resolveWorld(mailData(), { services, folder: '.' })
  if (isConfigError(resolved)) throw new Error(resolved.problems.map(({ message }) => message).join('\n'))
  const world = onLoopback(resolved, process.platform === 'linux')
  const wallMs = () => plane.wallMs()
  const state = createWorldState(world, { folder: () => undefined, secret: new Uint8Array(32), post })
  const parts = {
    world,
    gate: compileGate(world, portsOf(world)),
    record: new FlowRecord(wallMs),
    authority: createAuthority({ ...territoryOf(world), catchAll: false, wallMs }),
  }
  const keeper = new Keeper({ ...parts, layers: [] })
  const { bindings, stop } = await startInternet({
    world,
    services,
    plane,
    gatekeeper: keeper,
    placement: freePlacement(),
    viewFor: (host) => state.viewFor(host),
  })
  const assembly = {
    ...parts,
    state,
    keeper,
    post,
    hostKeys: new Map(),
    secret: new Uint8Array(32),
    wallMs: () => plane.wallMs(),
    query: () => Promise.reject(new Error('nobody asks')),
    homes: openHomes(undefined),
    start: () => Promise.reject(new Error('it runs already')),
  }
  return new RunningWorld({ assembly, bindings, feed: new EventFeed(), stop })
}

/** What is in a mail, by which it is known again. */
function body(number: number): string {
  return `Subject: mail ${number}\r\n\r\n${`mail ${number} `.repeat(5000)}\r\n`
}

interface Filled {
  readonly acknowledged: number[]
  readonly refusal: string
}

/** Sends mails until one is refused, `most` of them. Returns the numbers of those that were acknowledged, and how the refusal read. */
async function fill(talk: Talk, to: string, from: number, most = Infinity): Promise<Filled> {
  const acknowledged: number[] = []
  for (let number = from; number < from + most; number++) {
    await talk.ask(`MAIL FROM:<${ALICE}>\r\nRCPT TO:<${to}>\r\nDATA\r\n`, /^354 .*\r\n/m)
    const answer = await talk.ask(`${body(number)}.\r\n`)
    if (!OK.test(answer)) return { acknowledged, refusal: answer }
    acknowledged.push(number)
  }
  return { acknowledged, refusal: '' }
}

/** Numbers of the mails in an INBOX, each whole. */
function numbersIn(post: Post, user: string): number[] {
  const inbox = inboxOf(post, user)
  return inbox.messages.map((message) => {
    const content = Buffer.from(inbox.content(message) ?? []).toString('latin1')
    const number = Number(/^Subject: mail (\d+)\r\n/m.exec(content)?.[1])
    assert.ok(content.endsWith(body(number)), `mail ${number} is not whole`)
    return number
  })
}

for (const kept of [false, true]) {
  const where = kept ? 'in a file' : 'in memory'
  test(`mail for a mailbox, ${where}: 452, nothing lost, nothing half there, and on again once there is room`, async (t) => {
    const { world, post, again } = await worldOn(t, kept)
    const talk = await loggedIn(t, world, 'smtp')
    const first = await fill(talk, BOB, 0)
    assert.equal(first.refusal, NO_ROOM)
    assert.ok(first.acknowledged.length > 10, `${first.acknowledged.length} mails`)
    const more = await fill(talk, BOB, 1000)
    assert.equal(more.refusal, NO_ROOM)
    const there = [...first.acknowledged, ...more.acknowledged]
    assert.deepEqual(numbersIn(post, BOB), there)
    await others(t, world, 'smtp', 'imap', 'pop3')

    const drop = await loggedIn(t, world, 'pop3', BOB)
    for (let number = 1; number <= 5; number++) await drop.ask(`DELE ${number}\r\n`, /^\+OK .*\r\n/)
    assert.match(await drop.ask('QUIT\r\n'), /^\+OK .*\r\n$/)
    const later = await fill(talk, BOB, 2000)
    assert.ok(later.acknowledged.length > 0)
    there.splice(0, 5)
    assert.deepEqual(numbersIn(post, BOB), [...there, ...later.acknowledged])
    if (kept) {
      const reopened = await again()
      assert.deepEqual(numbersIn(reopened, BOB), [...there, ...later.acknowledged])
      await reopened.close()
    }
  })

  test(`mail that goes on to others, ${where}: 452, and the queue holds what was acknowledged`, async (t) => {
    const { world, post, again } = await worldOn(t, kept)
    const talk = await loggedIn(t, world, 'smtp')
    const { acknowledged, refusal } = await fill(talk, 'someone@elsewhere.test', 0)
    assert.equal(refusal, NO_ROOM)
    assert.equal(post.queue(HOST).list().length, acknowledged.length)
    if (!kept) return
    const reopened = await again()
    const queue = reopened.queue(HOST)
    const contents = queue.list().map(({ id }) => Buffer.from(queue.content(id) ?? []).toString('latin1'))
    assert.equal(contents.length, acknowledged.length)
    for (const [at, number] of acknowledged.entries()) assert.ok(contents[at]?.endsWith(body(number)))
    await reopened.close()
  })

  test(`a mail for two, ${where}: both have it or neither`, async (t) => {
    const { world, post } = await worldOn(t, kept)
    const talk = await reach(t, world, 25)
    await talk.until()
    await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
    for (let number = 0; ; number++) {
      await talk.ask(`MAIL FROM:<a@client.test>\r\nRCPT TO:<${ALICE}>\r\nRCPT TO:<${BOB}>\r\nDATA\r\n`, /^354 .*\r\n/m)
      const answer = await talk.ask(`${body(number)}.\r\n`)
      if (OK.test(answer)) continue
      assert.equal(answer, NO_ROOM)
      const all = Array.from({ length: number }, (_, at) => at)
      assert.deepEqual([numbersIn(post, ALICE), numbersIn(post, BOB)], [all, all])
      return
    }
  })

  test(`imap, ${where}: APPEND, COPY and CREATE are refused, and what was there is served`, async (t) => {
    const { world, post } = await worldOn(t, kept)
    const sender = await loggedIn(t, world, 'smtp')
    const { acknowledged } = await fill(sender, BOB, 0)
    const talk = await loggedIn(t, world, 'imap', BOB)
    await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
    const message = body(0)
    assert.match(await talk.ask(`a APPEND INBOX {${message.length}}\r\n`), /^\+ .*\r\n/)
    assert.equal(await talk.ask(`${message}\r\n`), 'a NO [UNAVAILABLE] the disk is full\r\n')
    const multiple = `a APPEND INBOX {4000+}\r\n${'x'.repeat(4000)}${` {4000+}\r\n${'x'.repeat(4000)}`.repeat(20)}\r\n`
    assert.equal(await talk.ask(multiple), 'a NO [UNAVAILABLE] the disk is full\r\n')
    const fetched = await talk.ask('f FETCH 1:* (UID RFC822.SIZE)\r\n', /^f OK .*\r\n/m)
    assert.equal(fetched.match(/^\* \d+ FETCH/gm)?.length, acknowledged.length)
    assert.deepEqual(numbersIn(post, BOB), acknowledged)
    assert.match(
      await talk.ask('e STORE 1:5 +FLAGS.SILENT (\\Deleted)\r\n', /^e (?:OK|NO) .*\r\n/m),
      /^e (?:OK|NO \[UNAVAILABLE\])/m,
    )
  })
}

test('a mailbox that is full: 452 for now, 552 for what never fits, OVERQUOTA for IMAP, and others get theirs', async (t) => {
  const { world, post } = await worldOn(t, false, { messagesMax: 3, storageMaxBytes: 200_000 })
  const talk = await loggedIn(t, world, 'smtp')
  assert.equal((await fill(talk, ALICE, 0, 3)).acknowledged.length, 3)
  await talk.ask(`MAIL FROM:<${ALICE}>\r\n`, OK)
  assert.equal(await talk.ask(`RCPT TO:<${ALICE}>\r\n`), '452 4.2.2 a mailbox is full\r\n')
  await talk.ask(`RCPT TO:<${BOB}>\r\n`, OK)
  await talk.ask('RSET\r\n', OK)
  await talk.ask(`MAIL FROM:<${ALICE}> SIZE=200001\r\n`, OK)
  assert.equal(await talk.ask(`RCPT TO:<${BOB}>\r\n`), '552 5.2.2 the message is larger than the mailbox\r\n')
  await talk.ask('RSET\r\n', OK)
  await talk.ask(`MAIL FROM:<${ALICE}>\r\nRCPT TO:<${BOB}>\r\nDATA\r\n`, /^354 .*\r\n/m)
  assert.equal(
    await talk.ask(`${'x'.repeat(200_000)}\r\n.\r\n`),
    '552 5.2.2 the message is larger than the mailbox\r\n',
  )
  const reader = await loggedIn(t, world, 'imap')
  assert.match(await reader.ask('a APPEND INBOX {1}\r\n'), /^a NO \[OVERQUOTA\] .*\r\n$/)
  assert.deepEqual([numbersIn(post, ALICE), numbersIn(post, BOB)], [[0, 1, 2], []])
  assert.equal((await fill(talk, BOB, 10, 1)).acknowledged.length, 1)
})
