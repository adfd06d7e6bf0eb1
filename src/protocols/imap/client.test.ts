// The client joined to the server, by every way to log in, and to servers that say something else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure, type StreamIo } from '../../core/index.ts'
import { OpenGate, SimPlane } from '../../sim/index.ts'
import { imapScene } from '../../../test/conformance/imap-dialogue.ts'
import { ImapClient, type ImapAnswer, type ImapClientOptions, type ImapReady } from './client.ts'
import { fetchedIn, foundIn, listedIn, selectedIn, textOf } from './client/results.ts'
import type { Command, Response } from './messages.ts'

const ADDRESS = '198.51.100.1'
const MAIL = 'Message-ID: <one@harbor.test>\r\n\r\nbody (1)\r\n'
const TLS = { serverName: 'mail.harbor.test' }

interface Call {
  readonly client: () => ImapClient
  readonly ready: () => ImapReady | Failure | undefined
  ask(command: Command): Promise<ImapAnswer>
}

function dial(plane: SimPlane, port: number, more: Partial<ImapClientOptions> = {}): Call {
  let ready: ImapReady | Failure | undefined
  let client: ImapClient | undefined
  const hear = (result: ImapReady | Failure) => void (ready = result)
  const io = plane.serviceIo('test', ['192.0.2.1'], new OpenGate(), () => {})
  io.connect({ ip: ADDRESS, port }, (stream) => {
    client = new ImapClient(stream, { user: 'alice', password: 'alice', ready: hear, ...more })
    return client
  })
  const dialled = (): ImapClient => {
    assert.ok(client !== undefined)
    return client
  }
  return {
    client: dialled,
    ready: () => ready,
    async ask(command) {
      let answer: ImapAnswer | Failure | undefined
      dialled().ask(command, (result) => void (answer = result))
      await settle(plane)
      assert.ok(answer !== undefined && !isFailure(answer), JSON.stringify(answer))
      return answer
    },
  }
}

async function settle(plane: SimPlane): Promise<void> {
  await plane.settled()
  plane.advance(0)
  await plane.settled()
}

test('logs in by TLS and SCRAM, and does what clients do', async () => {
  for (const chunkMaxBytes of [Infinity, 1]) {
    const plane = new SimPlane({ chunkMaxBytes })
    const { stop } = await imapScene([MAIL], {}, plane)
    const { ask, ready } = dial(plane, 143, TLS)
    await settle(plane)
    const opened = ready()
    assert.ok(opened !== undefined && !isFailure(opened), JSON.stringify(opened))
    assert.match(opened.mechanism, /^SCRAM-SHA-256/)
    assert.ok(opened.capabilities.includes('UIDPLUS'))
    await ask({ kind: 'CREATE', mailbox: 'Grüße & mehr', uses: [] })
    const all = { kind: 'LIST', reference: '', patterns: ['*'], selections: [], returns: [], status: [] } as const
    assert.deepEqual(
      listedIn((await ask(all)).untagged).map(({ name }) => name),
      ['INBOX', 'Archive', 'Drafts', 'Grüße & mehr', 'Junk', 'Sent', 'Trash'],
    )
    const selected = selectedIn((await ask({ kind: 'SELECT', mailbox: 'INBOX', condstore: false })).untagged)
    assert.deepEqual([selected.exists, selected.uidNext], [1, 2])
    for (const size of [100, 5000]) {
      const message = { flags: ['\\Flagged'], content: Buffer.alloc(size, 'x') }
      assert.equal((await ask({ kind: 'APPEND', mailbox: 'INBOX', messages: [message] })).status.code, 'APPENDUID')
    }
    const section = { kind: 'section', label: 'BODY[]', peek: true, section: { part: [], text: undefined } } as const
    const set = [{ from: 1, to: 3 }]
    const items = [{ kind: 'UID' }, { kind: 'FLAGS' }, section] as const
    const fetched = fetchedIn((await ask({ kind: 'FETCH', uid: false, set, items, vanished: false })).untagged)
    assert.equal(textOf(fetched[0]?.items.get('BODY[]')), MAIL)
    assert.equal(textOf(fetched[2]?.items.get('BODY[]'))?.length, 5000)
    const found = await ask({ kind: 'SEARCH', uid: true, key: { kind: 'body', text: 'Body "' } })
    assert.deepEqual(foundIn(found.untagged), [])
    assert.deepEqual(
      foundIn((await ask({ kind: 'SEARCH', uid: true, key: { kind: 'text', text: 'ONE@' } })).untagged),
      [1],
    )
    assert.equal((await ask({ kind: 'DELETE', mailbox: 'INBOX' })).status.status, 'NO')
    assert.equal((await ask({ kind: 'LOGOUT' })).status.status, 'OK')
    await stop()
  }
})

test('waits in IDLE until it is done', async () => {
  const plane = new SimPlane()
  const { session, stop } = await imapScene([], {}, plane)
  const { client, ask } = dial(plane, 143, TLS)
  await settle(plane)
  await ask({ kind: 'SELECT', mailbox: 'INBOX', condstore: false })
  const heard: Response[] = []
  let answer: ImapAnswer | Failure | undefined
  client().idle(
    (response) => void heard.push(response),
    (result) => void (answer = result),
  )
  await settle(plane)
  await (await session()).append('INBOX', MAIL)
  plane.advance(60_000)
  assert.deepEqual(heard[0], { kind: 'data', name: 'EXISTS', number: 1, values: [] })
  client().done()
  await settle(plane)
  assert.ok(answer !== undefined && !isFailure(answer))
  await stop()
})

test('a wrong password, and a server without TLS', async () => {
  const plane = new SimPlane()
  const { stop } = await imapScene([], {}, plane)
  const wrong = dial(plane, 143, { ...TLS, password: 'wrong' })
  await settle(plane)
  plane.advance(1000)
  await settle(plane)
  const refused = wrong.ready()
  assert.ok(refused !== undefined && isFailure(refused))
  assert.equal(refused.code, 'EAUTH')
  const plain = dial(plane, 143)
  await settle(plane)
  const without = plain.ready()
  assert.ok(without !== undefined && isFailure(without))
  assert.equal(without.code, 'ENOTLS')
  await stop()
})

/** What the client makes of a server that says this at once. */
async function toldBy(words: string): Promise<string> {
  const plane = new SimPlane()
  const accept = (io: StreamIo) => ({
    opened: () => io.send(Buffer.from(words, 'latin1')),
    received: () => false,
  })
  const listen = { transport: 'tcp', port: 143, accept } as const
  await plane.listenStream(listen, { at: { ip: ADDRESS, port: 143 }, service: 'other' }, new OpenGate())
  const { ready } = dial(plane, 143, { tlsRequired: false })
  await settle(plane)
  plane.advance(60_000)
  const result = ready()
  return result !== undefined && isFailure(result) ? result.code : 'ready'
}

test('servers that say something else', async () => {
  assert.equal(await toldBy('* BYE busy\r\n'), 'EREFUSED')
  assert.equal(await toldBy('hello\r\n'), 'EPROTO')
  assert.equal(await toldBy('* OK hi\r\n+ more\r\n'), 'EPROTO')
  assert.equal(await toldBy('* OK hi\r\na9 OK done\r\n'), 'EPROTO')
  assert.equal(await toldBy('* OK hi\r\n* LIST {99999999999}\r\n'), 'EPROTO')
  assert.equal(await toldBy(`* OK hi\r\n* LIST ${'('.repeat(5000)}\r\n`), 'EPROTO')
  assert.equal(await toldBy(`* OK ${'x'.repeat(2_000_000)}`), 'EPROTO')
  assert.equal(await toldBy('* OK hi\r\n'), 'ETIMEDOUT')
  assert.equal(await toldBy('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n'), 'EAUTH')
})
