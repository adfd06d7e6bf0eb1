// The client joined to the server: everything that both speak, by each way to a data connection, in the clear and under TLS.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../../../core/index.ts'
import { MemoryTree, OpenGate, SimPlane } from '../../../sim/index.ts'
import { FTP_ADDRESS, ftpScene } from '../../../../test/conformance/ftp-dialogue.ts'
import type { Reply, Verb } from '../messages.ts'
import {
  factLinesIn,
  factsIn,
  FtpClient,
  listLinesIn,
  namesIn,
  pathIn,
  sizeIn,
  timeIn,
  type FtpClientOptions,
  type FtpReady,
  type TransferOutcome,
  type TransferRequest,
} from './index.ts'

const TLS = { serverName: 'files.harbor.test' }

interface Joined {
  readonly ready: FtpReady | Failure | undefined
  readonly client: FtpClient
  readonly plane: SimPlane
  readonly gate: OpenGate
  ask(verb: Verb, argument?: string): Promise<Reply>
  move(request: TransferRequest): Promise<TransferOutcome>
  settle(): Promise<void>
}

async function join(tree: MemoryTree, options: Partial<FtpClientOptions>, chunkMaxBytes = Infinity): Promise<Joined> {
  const plane = new SimPlane({ chunkMaxBytes })
  const { served } = await ftpScene({ plane, tree })
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) {
      await plane.settled()
      plane.advance(0)
    }
  }
  let ready: FtpReady | Failure | undefined
  let client: FtpClient | undefined
  const hear = (result: FtpReady | Failure): void => void (ready = result)
  const port = options.tls === 'implicit' ? 990 : 21
  plane
    .serviceIo('test', ['192.0.2.1'], new OpenGate(), () => {})
    .connect({ ip: FTP_ADDRESS, port }, (stream) => {
      client = new FtpClient(stream, { user: 'alice', password: 'alice', tlsRequired: false, ready: hear, ...options })
      return client
    })
  await settle()
  assert.ok(client !== undefined)
  const dialled = client
  return {
    ready,
    client,
    plane,
    gate: served.gate,
    settle,
    async ask(verb, argument = '') {
      let said: Reply | Failure | undefined
      dialled.ask({ verb, argument }, (result) => void (said = result))
      await settle()
      assert.ok(said !== undefined && !isFailure(said), JSON.stringify(said))
      return said
    },
    async move(request) {
      let outcome: TransferOutcome | Failure | undefined
      dialled.transfer(request, (result) => void (outcome = result))
      await settle()
      assert.ok(outcome !== undefined && !isFailure(outcome), JSON.stringify(outcome))
      return outcome
    },
  }
}

function text({ content }: TransferOutcome): string {
  return Buffer.from(content ?? []).toString('latin1')
}

for (const data of ['EPSV', 'PASV', 'EPRT', 'PORT'] as const) {
  for (const [name, security] of [
    ['in the clear', {}],
    ['AUTH TLS', TLS],
    ['implicit TLS', { ...TLS, tls: 'implicit' }],
  ] as const) {
    test(`files, resumed and appended to: ${data}, ${name}`, async () => {
      const tree = new MemoryTree({})
      const { ready, ask, move, gate } = await join(tree, { data, ...security }, 700)
      assert.ok(ready !== undefined && !isFailure(ready), JSON.stringify(ready))
      assert.ok(ready.features.includes('REST STREAM'))
      const content = Buffer.alloc(100_000, 'abcdefghij')
      assert.equal((await move({ verb: 'STOR', path: 'a', content })).isWhole, true)
      assert.equal(text(await move({ verb: 'RETR', path: 'a' })), content.toString())
      assert.equal(text(await move({ verb: 'RETR', path: 'a', from: 99_995 })), 'fghij')
      assert.equal((await move({ verb: 'STOR', path: 'a', from: 5, content: Buffer.from('FG') })).isWhole, true)
      assert.equal((await move({ verb: 'APPE', path: 'a', content: Buffer.from('hi') })).isWhole, true)
      assert.equal(text(await move({ verb: 'RETR', path: 'a' })), 'abcdeFGhi')
      assert.equal(sizeIn(await ask('SIZE', 'a')), 9)
      assert.deepEqual(await tree.list('/'), ['a'])
      assert.ok(!gate.kinds.includes('driver.broken'), JSON.stringify(gate.events))
    })
  }
}

test('listings, facts, times, folders and names', async () => {
  const { ask, move, client, settle, plane } = await join(new MemoryTree({}), TLS)
  assert.equal(pathIn(await ask('MKD', 'a "b"')), '/a "b"')
  await ask('CWD', 'a "b"')
  assert.equal(pathIn(await ask('PWD')), '/a "b"')
  for (const path of ['x', 'gr\u00fc\u00dfe', '\udcff', ' y '])
    await move({ verb: 'STOR', path, content: Buffer.from('1') })
  const told = timeIn(await ask('MFMT', '20010203040506 x'))
  assert.equal(told, Date.UTC(2001, 1, 3, 4, 5, 6))
  assert.equal(timeIn(await ask('MDTM', 'x')), told)
  assert.equal(factsIn(await ask('MLST', 'x'))?.facts.get('size'), '1')
  const names = [' y ', 'gr\u00fc\u00dfe', 'x', '\udcff']
  const facts = factLinesIn((await move({ verb: 'MLSD' })).content ?? new Uint8Array())
  assert.deepEqual(facts.map(({ name }) => name).toSorted(), ['.', '..', ...names].toSorted())
  assert.deepEqual(namesIn((await move({ verb: 'NLST' })).content ?? new Uint8Array()).toSorted(), names.toSorted())
  const listed = listLinesIn((await move({ verb: 'LIST' })).content ?? new Uint8Array(), plane.wallMs())
  assert.deepEqual(
    listed.map(({ name, size }) => `${size} ${name}`).toSorted(),
    names.map((name) => `1 ${name}`).toSorted(),
  )
  const codes: (number | string)[] = []
  client.rename('x', 'z', ({ code }) => void codes.push(code))
  client.rename('none', 'z', ({ code }) => void codes.push(code))
  await settle()
  assert.deepEqual(codes, [250, 550])
  assert.equal((await ask('DELE', 'z')).code, 250)
  assert.equal((await ask('RMD', '/a "b"')).code, 550)
  const unique = await move({ verb: 'STOU', content: Buffer.from('u') })
  assert.match(unique.opening?.lines[0] ?? '', /^FILE: \S/)
})

test('lines as the network has them', async () => {
  const { move } = await join(new MemoryTree({}), {})
  await move({ verb: 'STOR', path: 'a', type: 'A', content: Buffer.from('one\r\ntwo\r\n') })
  assert.equal(text(await move({ verb: 'RETR', path: 'a' })), 'one\ntwo\n')
  assert.equal(text(await move({ verb: 'RETR', path: 'a', type: 'A' })), 'one\r\ntwo\r\n')
})

test('a quota that is full, and a transfer that is broken off: the old file stands', async () => {
  const tree = new MemoryTree({ '/a': 'old' }, { quota: { bytesMax: 1000, filesMax: 10 } })
  const { move, client, settle, ask } = await join(tree, TLS, 1000)
  const full = await move({ verb: 'STOR', path: 'a', content: Buffer.alloc(2000) })
  assert.deepEqual([full.reply.code, full.isWhole], [552, false])
  assert.equal(text(await move({ verb: 'RETR', path: 'a' })), 'old')
  let outcome: TransferOutcome | Failure | undefined
  client.transfer({ verb: 'STOR', path: 'a', content: Buffer.alloc(500) }, (result) => void (outcome = result))
  client.abort(() => {})
  await settle()
  assert.ok(outcome !== undefined)
  assert.equal((await ask('NOOP')).code, 200)
})

test('who is not let in hears why', async () => {
  for (const [options, code] of [
    [{ password: 'wrong' }, 'EAUTH'],
    [{ host: 'elsewhere.test' }, 'EREFUSED'],
    [{ user: 'nobody' }, 'EAUTH'],
  ] as const) {
    const { client, plane, settle } = await join(new MemoryTree({}), { ...TLS, ...options })
    plane.advance(10_000)
    await settle()
    const codes: (string | number)[] = []
    client.ask({ verb: 'NOOP' }, (result) => void codes.push(result.code))
    assert.deepEqual(codes, [code])
  }
})
