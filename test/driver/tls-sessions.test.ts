// TLS sessions that belong to one conversation, on both planes, and as real clients take them up.

import assert from 'node:assert/strict'
import { constants } from 'node:crypto'
import { describe, test } from 'node:test'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Address } from '../../src/core/address.ts'
import { isFailure } from '../../src/core/failure.ts'
import type { StreamIo, TlsInfo, TlsSession } from '../../src/core/io.ts'
import type { Layer } from '../../src/core/layer.ts'
import { hostHarness, simHarness, type Harness, type MakeHarness } from './harness.ts'
import { issued } from './identity.ts'
import { lines, say, within as withHarness } from './toys.ts'

const pass: Layer['stream'] = () => ({ chunk: (_direction, chunk, next) => next(chunk) })

const NAME = 'files.harbor.test'
const { identity, trustedPem } = issued(NAME)

function within(make: MakeHarness, run: (harness: Harness) => Promise<void>): Promise<void> {
  return withHarness(make, (on) => {
    on.gate.identify = () => identity
    on.gate.trustedPem = trustedPem
    return run(on)
  })
}

interface Server {
  readonly control: Address
  readonly data: Address
  /** What each control stream has for its further ones. */
  readonly sessions: TlsSession[]
  /** Whether each data stream took up a session, in turn. */
  readonly resumed: (boolean | undefined)[]
  /** The session that data streams must take up. */
  wanted: TlsSession | undefined
}

function secured(io: StreamIo, session: 'own' | TlsSession | undefined, then: (tls: TlsInfo) => void) {
  const opened = () =>
    io.secure({ side: 'server', ...(session === undefined ? {} : { session }) }, (tls) => {
      if (isFailure(tls)) return
      then(tls)
      say(io, 'ready\r\n')
    })
  return lines(() => {}, { opened })
}

/** A control port and a data port, as FTP has them. */
async function serve(on: Harness): Promise<Server> {
  const sessions: TlsSession[] = []
  const resumed: (boolean | undefined)[] = []
  const control = await on.listen((io) => secured(io, 'own', (tls) => void (tls.session && sessions.push(tls.session))))
  const data = await on.listen((io) => secured(io, server.wanted, (tls) => resumed.push(tls.resumed)))
  const server: Server = { control: control.local, data: data.local, sessions, resumed, wanted: undefined }
  return server
}

/** A client of ours that takes `session` up; gives the one that it then has, once the server has spoken. */
async function dialed(on: Harness, to: Address, session?: TlsSession): Promise<TlsInfo> {
  let heard: TlsInfo | undefined
  on.service().connect(to, (io) => {
    const opened = () =>
      io.secure({ side: 'client', serverName: NAME, ...(session === undefined ? {} : { session }) }, () => {})
    return lines(() => void (heard = io.tls), { opened })
  })
  await on.until(() => heard !== undefined)
  assert.ok(heard)
  return heard
}

for (const make of [simHarness, hostHarness]) {
  describe(`TLS sessions on ${make.name}`, () => {
    test('a further stream takes up the session of its conversation, again and again', () =>
      within(make, async (on) => {
        const server = await serve(on)
        const { session, resumed } = await dialed(on, server.control)
        assert.equal(resumed, false)
        server.wanted = server.sessions[0]
        const first = await dialed(on, server.data, session)
        const second = await dialed(on, server.data, first.session)
        assert.deepEqual([first.resumed, second.resumed], [true, true])
        assert.deepEqual(server.resumed, [true, true])
        assert.ok(on.gate.agreed.every(({ tls }) => tls.session === undefined))
      }))

    test('with layers between, and with TLS from the first byte', () =>
      within(make, async (on) => {
        on.gate.layers = [
          { name: 'tap wire', place: 'wire', stream: pass },
          { name: 'tap plain', place: 'plain', stream: pass },
        ]
        const infos: TlsInfo[] = []
        const greet = (io: StreamIo) =>
          lines(() => {}, { opened: () => (io.tls && infos.push(io.tls), say(io, 'ready\r\n')) })
        const control = await on.listen(greet, { tls: 'implicit', session: 'own' })
        const { session } = await dialed(on, control.local)
        const own = infos[0]?.session
        assert.ok(own)
        const data = await on.listen(greet, { tls: 'implicit', session: own })
        await dialed(on, data.local, session)
        await dialed(on, data.local)
        assert.deepEqual(
          infos.map(({ resumed }) => resumed),
          [false, true, false],
        )
      }))

    test('neither no session nor that of another conversation will do', () =>
      within(make, async (on) => {
        const server = await serve(on)
        await dialed(on, server.control)
        const other = await dialed(on, server.control)
        server.wanted = server.sessions[0]
        await dialed(on, server.data, other.session)
        await dialed(on, server.data)
        assert.deepEqual(server.resumed, [false, false])
      }))

    test('what a stream without a session is given is good for nothing', () =>
      within(make, async (on) => {
        const server = await serve(on)
        await dialed(on, server.control)
        server.wanted = server.sessions[0]
        const stranger = await dialed(on, server.data)
        await dialed(on, server.data, stranger.session)
        assert.deepEqual(server.resumed, [false, false])
      }))

    test('without a conversation of its own, a server takes its sessions up on all streams', () =>
      within(make, async (on) => {
        const server = await serve(on)
        const { session } = await dialed(on, server.data)
        await dialed(on, server.data, session)
        assert.deepEqual(server.resumed, [false, true])
      }))

    test('a stream that is opened from here can be the server, with the name of where it comes from', () =>
      within(make, async (on) => {
        const asked: Address[] = []
        on.gate.identify = (local) => {
          asked.push(local)
          return identity
        }
        let outcome: TlsInfo | undefined
        const client = await on.listen((io) => ({
          opened: () =>
            io.secure({ side: 'client', serverName: NAME }, (tls) => void (outcome = isFailure(tls) ? undefined : tls)),
          received: () => false,
        }))
        on.service().connect(client.local, (io) => ({
          opened: () => io.secure({ side: 'server' }, () => {}),
          received: () => false,
        }))
        await on.until(() => outcome !== undefined)
        assert.ok(asked.length > 0)
        assert.ok(asked.every(({ port }) => port !== client.local.port))
      }))
  })
}

const CLIENTS: readonly [string, ConnectionOptions][] = [
  ['TLS 1.3', {}],
  ['TLS 1.2 with tickets', { maxVersion: 'TLSv1.2' }],
  ['TLS 1.2 with identifiers', { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET }],
]

/** A client of Node's own: whether the session was taken up, and the latest that it has. */
async function real(
  on: Harness,
  to: Address,
  options: ConnectionOptions,
): Promise<{ reused: boolean; latest: Buffer }> {
  const socket: TLSSocket = connect({
    host: to.ip,
    port: to.port,
    ca: trustedPem,
    checkServerIdentity: () => undefined,
    ...options,
  })
  let latest: Buffer | undefined
  let heard = ''
  socket.on('session', (session: Buffer) => (latest = session))
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  await on.until(() => heard.includes('ready'))
  const reused = socket.isSessionReused()
  latest ??= socket.getSession()
  socket.destroy()
  assert.ok(latest)
  return { reused, latest }
}

for (const [name, options] of CLIENTS) {
  for (const named of [{ servername: NAME }, {}]) {
    test(`a client with ${name}${'servername' in named ? ', that tells a name,' : ''} proves its conversation`, () =>
      withHarness(hostHarness, async (on) => {
        const other = issued('localhost').identity
        on.gate.identify = (_local, asked) => (asked === undefined ? other : identity)
        const server = await serve(on)
        const ask = (to: Address, session?: Buffer) =>
          real(on, to, { ...options, ...named, rejectUnauthorized: false, ...(session && { session }) })
        const mine = await ask(server.control)
        const theirs = await ask(server.control)
        server.wanted = server.sessions[0]
        await ask(server.data, mine.latest)
        await ask(server.data, theirs.latest)
        const { latest } = await ask(server.data)
        await ask(server.data, latest)
        assert.deepEqual(server.resumed, [true, false, false, false])
      }))
  }
}
