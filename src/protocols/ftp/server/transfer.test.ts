// Transfers with the server in memory: both ways, both kinds of data connection, resumed, converted, broken off, refused, and
// whose data connection may be served.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientListener, codesOf, ftpScene, type FtpScene } from '../../../../test/conformance/ftp-dialogue.ts'
import { isFailure } from '../../../core/index.ts'
import { MemoryTree, SimPlane } from '../../../sim/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'

const IAC_IP_IAC_DM = Buffer.from([0xff, 0xf4, 0xff, 0xf2])

async function content(tree: MemoryTree, path: string): Promise<string | undefined> {
  const file = await tree.open(path)
  if (isFailure(file)) return undefined
  const bytes = await file.read(0, file.stat.size)
  await file.close()
  return Buffer.from(bytes).toString('latin1')
}

/** No repetition within a block, so that a block in the wrong place shows. */
function pattern(bytes: number): Buffer {
  const made = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) made.writeUInt32BE(Math.imul(at, 2_654_435_761) >>> 0, at)
  return made
}

test('files of many sizes go both ways, whole or in small pieces', async () => {
  for (const [chunkMaxBytes, sizes] of [
    [Infinity, [0, 1, 65_535, 65_536, 65_537, 3_000_000, 6_000_001]],
    [7, [0, 1, 20_000]],
  ] as const) {
    const { session, tree } = await ftpScene({ plane: new SimPlane({ chunkMaxBytes }) })
    const client = await session()
    for (const size of sizes) {
      const bytes = pattern(size)
      assert.deepEqual(await client.store('STOR a', bytes), ['150', '226'], `${size} bytes`)
      assert.equal(await content(tree, '/a'), bytes.toString('latin1'), `${size} bytes up`)
      const { data, codes } = await client.fetch('RETR a')
      assert.deepEqual(codes, ['150', '226'])
      assert.equal(data, bytes.toString('latin1'), `${size} bytes down`)
    }
    assert.equal(tree.openFiles, 0)
  }
})

test('a transfer is one event', async () => {
  const { session, served, told } = await ftpScene()
  const client = await session()
  await client.store('STOR a', 'content')
  await client.fetch('RETR a')
  assert.deepEqual(told(), ['ftp.login', 'ftp.transfer', 'ftp.transfer'])
  const { detail, summary } = served.gate.events.find(({ kind }) => kind === 'ftp.transfer') ?? {}
  assert.equal(summary, 'STOR /a, 7 bytes: 226 Transfer complete.')
  assert.deepEqual(detail, {
    command: 'STOR',
    path: '/a',
    user: 'alice@harbor.test',
    bytes: 7,
    tls: false,
    code: 226,
    outcome: '226 Transfer complete.',
  })
})

test('nothing stands under the name until all is there', async () => {
  const { session, tree, plane } = await ftpScene()
  tree.put('/a', 'old', 0)
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  data.send('new content')
  await plane.settled()
  assert.equal(await content(tree, '/a'), 'old')
  data.end()
  assert.deepEqual(codesOf(await client.heard()), ['226'])
  assert.equal(await content(tree, '/a'), 'new content')
})

test('data that comes before the command is kept', async () => {
  const { session, tree } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  data.send('early').end()
  assert.deepEqual(await client.codes('STOR a'), ['150', '226'])
  assert.equal(await content(tree, '/a'), 'early')
})

test('REST and APPE go on where something ended', async () => {
  const { session, tree } = await ftpScene()
  tree.put('/a', '0123456789', 0)
  const client = await session()
  await client.say('REST 4')
  assert.equal((await client.fetch('RETR a')).data, '456789')
  assert.equal((await client.fetch('RETR a')).data, '0123456789')
  await client.say('REST 10')
  assert.deepEqual(await client.fetch('RETR a'), { data: '', codes: ['150', '226'] })
  await client.passive()
  assert.deepEqual(await client.codes('REST 11', 'RETR a'), ['350', '554'])
  await client.say('REST 3')
  await client.store('STOR a', 'abc')
  assert.equal(await content(tree, '/a'), '012abc')
  await client.store('APPE a', 'def')
  await client.store('APPE new', 'x')
  assert.equal(await content(tree, '/a'), '012abcdef')
  assert.equal(await content(tree, '/new'), 'x')
  await client.passive()
  assert.deepEqual(await client.codes('REST 100', 'STOR a'), ['350', '554'])
})

test('a lost client finds what it had sent, and its old file as it was', async () => {
  const { session, tree, connect, plane, told } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  data.send('0123')
  await plane.settled()
  client.peer.reset()
  data.reset()
  await plane.settled()
  assert.deepEqual(await tree.list('/'), [])
  const other = connect()
  await other.say('USER alice', 'PASS alice', 'TYPE I')
  assert.equal(await other.say('SIZE a'), '213 4\r\n')
  assert.match(await other.say('REST 4'), /^350/)
  assert.deepEqual(await other.store('STOR a', '456'), ['150', '226'])
  assert.equal(await content(tree, '/a'), '0123456')
  assert.equal(told().filter((kind) => kind === 'ftp.transfer').length, 2)
})

test('a data connection that breaks is no end of a file', async () => {
  const { session, tree, plane } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  data.send('0123')
  await plane.settled()
  data.reset()
  assert.deepEqual(codesOf(await client.heard()), ['426'])
  assert.deepEqual(await tree.list('/'), [])
  assert.equal(await client.say('SIZE a'), '213 4\r\n')
})

test('a client that leaves without QUIT has not finished its upload; one that said QUIT has', async () => {
  const { session, tree, plane } = await ftpScene()
  for (const [quits, expected] of [
    [false, undefined],
    [true, '0123'],
  ] as const) {
    const client = await session()
    const data = await client.passive()
    await client.say('STOR a')
    if (quits) client.peer.send('QUIT\r\n')
    data.send('0123')
    await plane.settled()
    client.peer.end()
    data.end()
    const codes = codesOf(await client.heard())
    assert.equal(await content(tree, '/a'), expected)
    assert.deepEqual(codes, quits ? ['226', '221'] : [])
  }
})

test('a client that dies ends both its connections, in either order, and has not finished its upload', async () => {
  for (const [order, afterMs] of [
    ['data first', 0],
    ['data first', 5000],
    ['control first', 0],
  ] as const) {
    const { session, tree, plane } = await ftpScene()
    const client = await session()
    const data = await client.passive()
    await client.say('STOR a')
    data.send('0123')
    await plane.settled()
    plane.advance(afterMs)
    if (order === 'data first') data.end()
    client.peer.end()
    data.end()
    plane.advance(10)
    await plane.settled()
    assert.equal(await content(tree, '/a'), undefined, order)
    assert.equal(await tree.interrupted('/a'), 4, order)
  }
})

test('an upload that takes long ends like any other', async () => {
  const { session, tree, plane } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  data.send('0123')
  await plane.settled()
  plane.advance(5000)
  data.end()
  plane.advance(10)
  assert.deepEqual(codesOf(await client.heard()), ['226'])
  assert.equal(await content(tree, '/a'), '0123')
})

test('TYPE A converts line ends both ways', async () => {
  const { session, tree } = await ftpScene({ plane: new SimPlane({ chunkMaxBytes: 3 }) })
  const client = await session()
  await client.say('TYPE A')
  await client.store('STOR a', 'one\r\ntwo\r\n\rthree\r')
  assert.equal(await content(tree, '/a'), 'one\ntwo\n\rthree\r')
  assert.equal((await client.fetch('RETR a')).data, 'one\r\ntwo\r\n\rthree\r')
  await client.passive()
  assert.deepEqual(await client.codes('REST 1', 'RETR a'), ['350', '550'])
  assert.deepEqual(await client.codes('REST 1', 'STOR a'), ['350', '550'])
})

test('large texts come through TYPE A as they should', async () => {
  const { session, tree } = await ftpScene()
  const client = await session()
  await client.say('TYPE A')
  const text = 'a line\r\n'.repeat(400_000)
  assert.deepEqual(await client.store('STOR a', text), ['150', '226'])
  assert.equal(await content(tree, '/a'), text.replaceAll('\r', ''))
  assert.equal((await client.fetch('RETR a')).data, text)
})

test('STOU finds a name of its own and says so', async () => {
  const { session, tree } = await ftpScene()
  const client = await session()
  for (const argument of ['', ' report']) {
    const data = await client.passive()
    const [, name = ''] = /^150 FILE: ([^\r]+)\r\n$/.exec(await client.say(`STOU${argument}`)) ?? []
    data.send('x').end()
    assert.deepEqual(codesOf(await client.heard()), ['226'])
    assert.equal(await content(tree, `/${name}`), 'x')
  }
  assert.equal(((await tree.entries('/')) as readonly unknown[]).length, 2)
})

test('ABOR in the middle of a transfer, in every spelling', async () => {
  for (const abort of [
    'ABOR',
    Buffer.concat([IAC_IP_IAC_DM, Buffer.from('ABOR')]),
    Buffer.from([0xff, 0xf4, 0xff, ...Buffer.from('ABOR')]),
  ]) {
    const { session, tree, plane } = await ftpScene()
    tree.put('/a', pattern(10_000_000), 0)
    const client = await session()
    const data = await client.passive()
    data.pause()
    assert.deepEqual(await client.codes('RETR a'), ['150'])
    assert.deepEqual(await client.codes(abort), ['426', '226'])
    await plane.settled()
    assert.equal(data.closeReason?.kind, 'reset')
    assert.deepEqual(await client.codes('NOOP'), ['200'])
    assert.equal(tree.openFiles, 0)
    const up = await client.passive()
    await client.say('STOR b')
    up.send('half')
    await plane.settled()
    assert.deepEqual(await client.codes(abort), ['426', '226'])
    assert.deepEqual(await tree.list('/'), ['a'])
    assert.deepEqual(await client.codes('SIZE b'), ['550'], 'nothing is kept')
  }
})

test('STAT tells of a transfer under way; other commands wait for its end', async () => {
  const { session, plane } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  data.send('12345')
  await plane.settled()
  assert.match(await client.say('STAT'), /^213 STOR \/a: 5 bytes/)
  assert.equal(await client.say('NOOP', 'PWD'), '')
  data.end()
  assert.deepEqual(codesOf(await client.heard()), ['226', '200', '257'])
})

test('active data connections come from the port below the control connection, to the client alone', async () => {
  const scene = await ftpScene()
  scene.tree.put('/a', 'content', 0)
  const client = await scene.session()
  const listener = await clientListener(scene, 5000)
  assert.deepEqual(await client.codes('PORT 192,0,2,1,19,136', 'RETR a'), ['200', '150', '226'])
  assert.equal(listener.text, 'content')
  assert.equal(listener.from, 20)
  assert.deepEqual(await client.codes('EPRT |1|192.0.2.1|5000|', 'NLST'), ['200', '150', '226'])
  assert.equal(listener.text, 'contenta\r\n')
  assert.deepEqual(await client.codes('PORT 192,0,2,1,19,137', 'RETR a'), ['200', '425'], 'nobody listens there')
  assert.deepEqual(await client.codes('RETR a'), ['425'], 'an address is good for one transfer')
  assert.deepEqual(await client.codes('EPRT |1|192.0.2.1|5000|', 'STOR b'), ['200', '150'])
  listener.io?.send(Buffer.from('sent'))
  listener.io?.end()
  assert.deepEqual(codesOf(await client.heard()), ['226'])
  assert.equal(await content(scene.tree, '/b'), 'sent')
})

test('an address of somebody else, or a port of services, is refused and told', async () => {
  const { session, served, told } = await ftpScene()
  const client = await session()
  const wrong = ['PORT 192,0,2,9,19,136', 'EPRT |1|192.0.2.9|5000|', 'PORT 192,0,2,1,0,25', 'EPRT |1|192.0.2.1|1023|']
  for (const line of wrong) assert.deepEqual(await client.codes(line), ['500'], line)
  for (const line of ['PORT 1,2', 'PORT x', 'EPRT x', 'EPRT |1|192.0.2.1|0|'])
    assert.deepEqual(await client.codes(line), ['501'], line)
  assert.deepEqual(await client.codes('EPRT |2|2001:db8::1|5000|', 'EPRT |9|xx|5000|', 'LIST'), ['522', '522', '425'])
  assert.equal(told().filter((kind) => kind === 'ftp.abuse').length, 1, 'once for a conversation')
  assert.equal(
    served.gate.flows.some(({ dialed }) => dialed === true),
    false,
  )
})

test('over IPv6 there is EPSV and EPRT', async () => {
  const address = '2001:db8::5'
  const scene = await ftpScene({ address })
  scene.tree.put('/a', 'content', 0)
  const ip = '2001:db8::99'
  const client = scene.connect(21, { from: { ip, port: 4000 } })
  await client.say('USER alice', 'PASS alice', 'TYPE I')
  assert.deepEqual(await client.codes('PASV', 'EPSV 1', 'PORT 192,0,2,1,19,136'), ['425', '522', '500'])
  assert.equal((await client.fetch('RETR a')).data, 'content')
  const listener = await clientListener(scene, 5000, ip)
  assert.deepEqual(await client.codes('EPRT |2|2001:db8:0:0::99|5000|', 'RETR a'), ['200', '150', '226'])
  assert.equal(listener.text, 'content')
})

test('EPSV ALL leaves no other way', async () => {
  const { session } = await ftpScene()
  const client = await session()
  assert.deepEqual(
    await client.codes('EPSV ALL', 'PASV', 'PORT 192,0,2,1,19,136', 'EPRT |1|192.0.2.1|5000|', 'EPSV 2', 'EPSV 1'),
    ['200', '503', '503', '503', '522', '229'],
  )
})

test('a passive port is of the range, for the peer alone, for one connection, and closes with it', async () => {
  const { session, served, plane, tree } = await ftpScene({ config: { 'passive-ports': '3000-3002' } })
  tree.put('/a', 'content', 0)
  const client = await session()
  const { port = 0 } = served.gate.agreements[0]?.to ?? {}
  assert.equal(port, 0)
  const stranger = await client.passive('PASV', '192.0.2.77')
  const [agreement] = served.gate.agreements
  assert.deepEqual(
    [agreement?.from.ip, agreement?.direction, agreement?.because],
    ['192.0.2.1', 'in', 'PASV in a conversation with ftp'],
  )
  const to = { ip: '198.51.100.1', port: agreement?.to.port ?? 0 }
  assert.equal(to.port >= 3000 && to.port <= 3002, true)
  assert.equal(stranger.closeReason?.kind, 'reset')
  const own = plane.peer(to)
  await plane.settled()
  assert.deepEqual(served.gate.agreements, [], 'taken back when the connection stands')
  const second = plane.peer(to)
  assert.equal(second.closeReason?.kind, 'failed')
  assert.deepEqual(await client.codes('RETR a'), ['150', '226'])
  assert.equal(own.take(), 'content')
})

test('ports that are taken are passed over, and when none is left that is said', async () => {
  const { session, connect } = await ftpScene({ config: { 'passive-ports': '3000-3001' } })
  const clients = [await session(), await session()]
  for (const client of clients) assert.deepEqual(await client.codes('PASV'), ['227'])
  const third = connect()
  await third.say('USER alice', 'PASS alice')
  assert.deepEqual(await third.codes('PASV', 'LIST'), ['425', '425'])
  await clients[0]?.say('QUIT')
  clients[0]?.peer.end()
  assert.deepEqual(await third.codes('PASV'), ['227'])
})

test('a new PASV closes the port before it', async () => {
  const { session, served } = await ftpScene()
  const client = await session()
  const first = await client.passive()
  assert.deepEqual(await client.codes('EPSV', 'EPSV', 'PASV'), ['229', '229', '227'])
  assert.equal(served.gate.agreements.length, 1)
  assert.equal(first.closeReason?.kind, 'reset')
  assert.deepEqual(await client.codes('ABOR'), ['225'])
  assert.deepEqual(served.gate.agreements, [])
})

test('a data connection that never comes is waited for so long', async () => {
  const { session, plane, tree } = await ftpScene()
  tree.put('/a', 'content', 0)
  const client = await session()
  assert.deepEqual(await client.codes('PASV', 'RETR a'), ['227'])
  plane.advance(DEFAULT_LIMITS.acceptMs - 1)
  assert.equal(await client.heard(), '')
  plane.advance(1)
  assert.deepEqual(codesOf(await client.heard()), ['425'])
  assert.equal(tree.openFiles, 0)
  assert.deepEqual(await client.codes('PASV', 'STOR b'), ['227'])
  assert.deepEqual(await client.codes('ABOR'), ['426', '226'])
  assert.deepEqual(await tree.list('/'), ['a'])
})

test('a reader that takes nothing is given up, one that takes little is not', async () => {
  const { session, plane, tree, served } = await ftpScene()
  tree.put('/a', pattern(20_000_000), 0)
  const client = await session()
  const data = await client.passive()
  data.pause()
  await client.say('RETR a')
  assert.equal(data.untaken < 2_000_000, true, `${data.untaken} bytes wait`)
  for (let round = 0; round < 4; round++) {
    plane.advance(DEFAULT_LIMITS.stallMs - 10)
    served.plane.chunkMaxBytes = 1000
    data.resume().pause()
    await plane.settled()
  }
  assert.equal(await client.heard(), '')
  plane.advance(2 * DEFAULT_LIMITS.stallMs)
  assert.deepEqual(codesOf(await client.heard()), ['426'])
  assert.equal(tree.openFiles, 0)
})

test('an uploader that stalls is given up, and what it sent is kept', async () => {
  const { session, plane, tree } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  for (let round = 0; round < 4; round++) {
    data.send('x')
    await plane.settled()
    plane.advance(DEFAULT_LIMITS.stallMs - 10)
  }
  assert.equal(await client.heard(), '')
  plane.advance(2 * DEFAULT_LIMITS.stallMs)
  assert.deepEqual(codesOf(await client.heard()), ['426'])
  assert.deepEqual(await tree.list('/'), [])
  assert.equal(await client.say('SIZE a'), '213 4\r\n')
})

test('no idle time runs during a transfer', async () => {
  const { session, plane } = await ftpScene()
  const client = await session()
  const data = await client.passive()
  await client.say('STOR a')
  for (let passed = 0; passed < 3 * DEFAULT_LIMITS.idleMs; passed += 60_000) {
    data.send('x')
    await plane.settled()
    plane.advance(60_000)
  }
  data.end()
  plane.advance(10)
  assert.deepEqual(codesOf(await client.heard()), ['226'])
  plane.advance(DEFAULT_LIMITS.idleMs - 1)
  assert.deepEqual(await client.codes('NOOP'), ['200'])
})

test('the quota says 552 and keeps what was there', async () => {
  const tree = new MemoryTree({ '/a': 'old' }, { quota: { bytesMax: 2_000_000, filesMax: 3 } })
  const { session } = await ftpScene({ tree })
  const client = await session()
  const codes = await client.store('STOR a', pattern(5_000_000))
  assert.deepEqual(codes, ['150', '552'])
  assert.equal(await content(tree, '/a'), 'old')
  assert.deepEqual(await client.store('STOR a', pattern(1_000_000)), ['150', '226'])
  assert.deepEqual(await client.codes('MKD b', 'MKD c', 'MKD d'), ['257', '257', '552'])
})

test('where no file can be', async () => {
  const { session, tree } = await ftpScene()
  tree.put('/dir/a', 'x', 0)
  const client = await session()
  for (const [line, code] of [
    ['STOR none/a', '553'],
    ['STOR dir', '553'],
    ['APPE dir', '553'],
    ['STOR dir/a/b', '553'],
    ['RETR none', '550'],
    ['RETR dir', '550'],
    ['MLSD dir/a', '501'],
    ['MLSD none', '550'],
    ['LIST none', '550'],
    ['NLST none', '550'],
  ] as const) {
    await client.passive()
    assert.deepEqual(await client.codes(line), [code], line)
  }
})

test('data is secured with the session of the control connection', async () => {
  const { connect, tree, served } = await ftpScene()
  tree.put('/a', 'content', 0)
  const client = connect()
  await client.secure()
  await client.say('USER alice', 'PASS alice', 'TYPE I')
  assert.deepEqual(await client.fetch('RETR a'), { data: 'content', codes: ['150', '226'] })
  assert.deepEqual(await client.store('STOR b', 'secret'), ['150', '226'])
  assert.equal(await content(tree, '/b'), 'secret')
  assert.deepEqual(
    served.gate.agreed.map(({ tls }) => tls.resumed),
    [false, true, true],
  )
  assert.deepEqual(await client.codes('PROT C'), ['200'])
  client.dataTls = undefined
  assert.deepEqual(await client.fetch('RETR a'), { data: 'content', codes: ['150', '226'] })
})

test('another TLS session on the data connection is refused, unless any will do', async () => {
  for (const [reuse, expected] of [
    ['require', { data: '', codes: ['150', '522'] }],
    ['any', { data: 'content', codes: ['150', '226'] }],
  ] as const) {
    const { connect, tree } = await ftpScene({ config: { 'session-reuse': reuse } })
    tree.put('/a', 'content', 0)
    const client = connect()
    await client.secure()
    client.dataTls = {}
    await client.say('USER alice', 'PASS alice', 'TYPE I')
    assert.deepEqual(await client.fetch('RETR a'), expected)
    assert.equal(tree.openFiles, 0)
    if (reuse === 'require') {
      assert.deepEqual(await client.store('STOR b', 'x'), ['150', '522'])
      assert.deepEqual(await tree.list('/'), ['a'])
    }
  }
})

test('plain bytes where TLS should be are no upload', async () => {
  const { connect, tree } = await ftpScene()
  const client = connect()
  await client.secure()
  await client.say('USER alice', 'PASS alice')
  client.dataTls = undefined
  const codes = await client.store('STOR a', 'plain')
  assert.equal(codes[0], '150')
  assert.match(codes[1] ?? '', /^(?:426|522)$/)
  assert.deepEqual(await tree.list('/'), [])
})

test('many transfers are told as a sum', async () => {
  const { session, tree, served, plane }: FtpScene = await ftpScene()
  tree.put('/a', '1234', 0)
  const client = await session()
  for (let count = 0; count < 105; count++) await client.fetch('RETR a')
  plane.advance(2000)
  const sum = served.gate.events.find(({ kind }) => kind === 'ftp.transfers')
  assert.deepEqual(sum?.detail, { transfers: 5, bytes: 20 })
})
