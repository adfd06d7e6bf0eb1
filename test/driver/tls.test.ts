// TLS on both planes: from the first byte, begun in the middle, refused, stalled, and from our side.

import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { connect as connectHttp2, performServerHandshake } from 'node:http2'
import { describe, test } from 'node:test'
import type { Address } from '../../src/core/address.ts'
import { isFailure, type Failure } from '../../src/core/failure.ts'
import type { ChannelBindingType, StreamIo, StreamMachine, TlsInfo } from '../../src/core/io.ts'
import type { Chunk, Layer } from '../../src/core/layer.ts'
import { HANDSHAKE_MAX_MS } from '../../src/core/limits.ts'
import { hostHarness, simHarness, type Harness, type MakeHarness } from './harness.ts'
import { issued } from './identity.ts'

const NAME = 'www.harbor.test'
const { identity, trustedPem } = issued(NAME)
const say = (io: StreamIo, text: string) => io.send(Buffer.from(text))

function lines(each: (line: string) => void): StreamMachine {
  return {
    received(inbox) {
      const line = inbox.line(1000)
      if (!(line instanceof Uint8Array)) return false
      each(Buffer.from(line).toString())
      return true
    },
  }
}

async function within(make: MakeHarness, run: (harness: Harness) => Promise<void>): Promise<void> {
  const harness = make()
  harness.gate.identify = (_local, name) => (name === undefined || name === NAME ? identity : undefined)
  harness.gate.trustedPem = trustedPem
  try {
    await run(harness)
  } finally {
    await harness.stop()
  }
}

/** Passes everything on and keeps what it saw. */
function tap(place: 'wire' | 'plain', seen: Chunk[]): Layer {
  return {
    name: `tap ${place}`,
    place,
    stream: () => ({
      chunk: (_direction, chunk, pass) => {
        seen.push(chunk)
        pass(chunk)
      },
    }),
  }
}

/** An HTTP/2 server on an adopted stream, of a library that waits while TLS says that it is connecting. */
function http2Adopted(io: StreamIo): StreamMachine {
  return {
    opened: () =>
      io.adopt((stream) => {
        const session = performServerHandshake(stream)
        session.on('stream', (request) => {
          request.respond({ ':status': 200 })
          request.end('hello')
        })
        session.on('error', () => stream.destroy())
      }),
    received: () => false,
  }
}

/** Hands its stream over at the first line; what then comes goes back in brackets. */
function echoAdopted(io: StreamIo): StreamMachine {
  return lines(() =>
    io.adopt((stream) => {
      stream.on('data', (chunk: Buffer) => stream.write(`<${chunk.toString()}>`))
      stream.on('end', () => stream.end())
    }),
  )
}

/** How a handshake of ours as a client of `to` ends. */
async function dialed(on: Harness, to: Address, serverName: string, verify?: boolean): Promise<'secure' | 'refused'> {
  let outcome: 'secure' | 'refused' | undefined
  on.service().connect(to, (io) => ({
    opened: () =>
      io.secure({ side: 'client', serverName, ...(verify === undefined ? {} : { verify }) }, (result) => {
        outcome = isFailure(result) ? 'refused' : 'secure'
        io.end()
      }),
    received: () => false,
  }))
  await on.until(() => outcome !== undefined)
  return outcome ?? 'refused'
}

type Bindings = Record<ChannelBindingType, string | undefined>

/** In hex. */
function bindingsOf(tls: TlsInfo | undefined): Bindings {
  const hex = (type: ChannelBindingType) => {
    const bytes = tls?.channelBinding?.(type)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex')
  }
  return { 'tls-exporter': hex('tls-exporter'), 'tls-server-end-point': hex('tls-server-end-point') }
}

/** Three keys in hex: of two labels and two contexts. */
function keysOf({ exportKey }: TlsInfo): string[] {
  return ['a/a', 'b/a', 'a/b'].map((of) => {
    const [label = '', context = ''] = of.split('/')
    return Buffer.from(exportKey?.(`EXPORTER-${label}`, Buffer.from(context), 48) ?? []).toString('hex')
  })
}

const textOf = (chunks: readonly Chunk[]) => Buffer.concat(chunks.filter((chunk) => chunk !== 'end')).toString('latin1')

for (const make of [simHarness, hostHarness]) {
  describe(`TLS on ${make.name}`, () => {
    test('implicit: the handshake comes before the machine, with name and protocol', () =>
      within(make, async (on) => {
        let tls: TlsInfo | undefined
        const accept = (io: StreamIo) => {
          tls = io.tls
          return lines((line) => say(io, `${line}!\r\n`))
        }
        const { local } = await on.listen(accept, { tls: 'implicit', alpn: ['h2', 'http/1.1'] })
        const peer = on.peer(local)
        assert.equal(await peer.secure({ serverName: NAME, alpn: ['http/1.1'] }), 'http/1.1')
        peer.send('hello\r\n')
        await peer.hears('hello!')
        assert.equal(tls?.version, 'TLSv1.3')
        assert.equal(tls?.serverName, NAME)
        assert.equal(tls?.alpn, 'http/1.1')
        assert.deepEqual(
          on.gate.agreed.map(({ tls }) => tls.alpn),
          ['http/1.1'],
        )
      }))

    test('a name that does not live there is refused by its RFC name', () =>
      within(make, async (on) => {
        let accepted = 0
        const { local } = await on.listen((io) => (accepted++, lines((line) => say(io, line))), { tls: 'implicit' })
        assert.equal(await on.peer(local).secure({ serverName: 'other.test' }), 'unrecognized_name')
        await on.until(() => on.gate.ended.length === 1)
        assert.equal(accepted, 0)
        assert.deepEqual(on.gate.kinds, ['driver.tls'])
      }))

    test('no protocol in common is refused by its RFC name', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => lines(() => {}), { tls: 'implicit', alpn: ['h2'] })
        assert.equal(await on.peer(local).secure({ serverName: NAME, alpn: ['imap'] }), 'no_application_protocol')
        await on.until(() => on.gate.ended.length === 1)
      }))

    test('plain bytes to a TLS port close that one stream', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => lines((line) => say(io, line)), { tls: 'implicit' })
        const peer = on.peer(local)
        peer.send('GET / HTTP/1.1\r\n\r\n')
        await on.until(() => on.gate.ended.length === 1)
        assert.deepEqual(on.gate.kinds, ['driver.tls'])
      }))

    test('a handshake that stalls is given up', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => lines(() => {}), { tls: 'implicit' })
        const peer = on.peer(local)
        await on.until(() => on.gate.flows.length === 1)
        on.advance(HANDSHAKE_MAX_MS)
        assert.equal(await peer.isClosed(), 'reset')
        assert.deepEqual(on.gate.kinds, ['driver.tls'])
      }))

    test('STARTTLS drops what was injected before it', () =>
      within(make, async (on) => {
        const heard: string[] = []
        const { local } = await on.listen((io) =>
          lines((line) => {
            heard.push(line)
            if (line !== 'starttls') return say(io, `${line}!\r\n`)
            say(io, 'go\r\n')
            io.secure({ side: 'server' }, (result) => heard.push(isFailure(result) ? result.code : 'secure'))
          }),
        )
        const peer = on.peer(local)
        peer.send('starttls\r\nevil\r\n')
        await peer.hears('go\r\n')
        await peer.secure({ serverName: NAME })
        peer.send('good\r\n')
        await peer.hears('good!')
        assert.deepEqual(heard, ['starttls', 'secure', 'good'])
        assert.deepEqual(
          on.gate.agreed.map(({ flow, tls }) => [flow.id, tls.version, tls.serverName]),
          [[1, 'TLSv1.3', NAME]],
        )
      }))

    test('a machine of ours is the client of a machine of ours', () =>
      within(make, async (on) => {
        const outcomes: (TlsInfo | Failure)[] = []
        const asked: (string | undefined)[] = []
        on.gate.identify = (_local, name) => {
          asked.push(name)
          return identity
        }
        const { local } = await on.listen((io) => lines((line) => say(io, `${line}!\r\n`)), {
          tls: 'implicit',
          alpn: ['a'],
        })
        const answers: string[] = []
        on.service().connect(local, (io) => ({
          ...lines((line) => answers.push(line)),
          opened: () =>
            io.secure({ side: 'client', serverName: NAME, alpn: ['b', 'a'] }, (result) => {
              outcomes.push(result)
              say(io, 'inside\r\n')
            }),
        }))
        await on.until(() => answers.length === 1)
        assert.deepEqual(answers, ['inside!'])
        const [outcome] = outcomes
        assert.ok(outcome !== undefined && !isFailure(outcome))
        assert.deepEqual([outcome.serverName, outcome.alpn], [NAME, 'a'])
        assert.equal(asked.at(-1), NAME)
      }))

    test('both ends of a connection have the same channel bindings, and one is its own', () =>
      within(make, async (on) => {
        const server: Bindings[] = []
        const client: Bindings[] = []
        const { local } = await on.listen((io) => (server.push(bindingsOf(io.tls)), lines(() => {})), {
          tls: 'implicit',
        })
        for (const count of [1, 2]) {
          on.service().connect(local, (io) => ({
            opened: () =>
              io.secure({ side: 'client', serverName: NAME }, (result) => {
                if (!isFailure(result)) client.push(bindingsOf(result))
              }),
            received: () => false,
          }))
          await on.until(() => client.length === count && server.length === count)
        }
        assert.deepEqual(client, server)
        const [one, other] = server
        assert.match(one?.['tls-exporter'] ?? '', /^[0-9a-f]{64}$/)
        assert.notEqual(one?.['tls-exporter'], other?.['tls-exporter'])
        assert.equal(one?.['tls-server-end-point'], other?.['tls-server-end-point'])
        const { raw } = new X509Certificate(identity.certificatePem)
        const hashed = createHash('sha256').update(raw).digest('hex')
        if (on.name === 'host') assert.equal(one?.['tls-server-end-point'], hashed)
        assert.ok(on.gate.agreed.every(({ tls }) => tls.channelBinding === undefined))
      }))

    test('exports keys that are the same at both ends, and others for another label, context or connection', () =>
      within(make, async (on) => {
        const [client, server]: [string[], string[]] = [[], []]
        const accept = (io: StreamIo) => {
          if (io.tls !== undefined) server.push(...keysOf(io.tls))
          return lines(() => undefined)
        }
        const { local } = await on.listen(accept, { tls: 'implicit' })
        for (const count of [3, 6]) {
          on.service().connect(local, (io) => ({
            opened: () =>
              io.secure({ side: 'client', serverName: NAME }, (result) => {
                if (!isFailure(result)) client.push(...keysOf(result))
              }),
            received: () => false,
          }))
          await on.until(() => client.length === count && server.length === count)
        }
        assert.deepEqual(client, server)
        assert.equal(new Set(client).size, 6)
        assert.ok(client.every((key) => key.length === 96))
        assert.ok(on.gate.agreed.every(({ tls }) => tls.exportKey === undefined))
      }))

    test('either side may break off as soon as the handshake is done, with layers or none', () =>
      within(make, async (on) => {
        for (const layers of [[], [tap('wire', [])]]) {
          on.gate.layers = layers
          on.gate.ended.length = 0
          const { local } = await on.listen((io) => ({
            opened: () => io.secure({ side: 'server' }, () => io.reset('enough')),
            received: () => false,
          }))
          const peers = [1, 2, 3].map(() => on.peer(local))
          await Promise.all(peers.map((peer) => peer.secure({ serverName: NAME }).catch(() => 'broken off')))
          on.service().connect(local, (io) => ({
            opened: () => io.secure({ side: 'client', serverName: NAME }, () => io.reset('enough too')),
            received: () => false,
          }))
          await on.until(() => on.gate.ended.length >= 5)
        }
      }))

    test('a client of ours is refused by who does not bear the name that it asks for', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => lines(() => {}), { tls: 'implicit' })
        assert.equal(await dialed(on, local, 'other.test'), 'refused')
        assert.equal(await dialed(on, local, NAME), 'secure')
      }))

    test('a client of ours tells no address, and believes no certificate for another name', () =>
      within(make, async (on) => {
        const asked: (string | undefined)[] = []
        on.gate.identify = (_local, name) => {
          asked.push(name)
          return identity
        }
        const { local } = await on.listen(() => lines(() => {}), { tls: 'implicit' })
        const outcome = await dialed(on, local, local.ip)
        assert.ok(asked.every((name) => name === undefined))
        if (on.name === 'host') assert.equal(outcome, 'refused')
        if (on.name === 'host') assert.equal(await dialed(on, local, 'other.test'), 'refused')
        assert.equal(await dialed(on, local, 'other.test', false), 'secure')
      }))

    test('wire layers see what is encrypted, plain layers what is inside', () =>
      within(make, async (on) => {
        const wire: Chunk[] = []
        const plain: Chunk[] = []
        on.gate.layers = [tap('wire', wire), tap('plain', plain)]
        const { local } = await on.listen((io) => lines((line) => say(io, `${line}!\r\n`)), { tls: 'implicit' })
        const peer = on.peer(local)
        await peer.secure({ serverName: NAME })
        peer.send('secret\r\n')
        await peer.hears('secret!')
        assert.equal(textOf(plain), 'secret\r\nsecret!\r\n')
        if (on.name === 'host') {
          assert.ok(!textOf(wire).includes('secret'))
          assert.match(on.gate.secrets[0] ?? '', /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+$/)
        }
        peer.end()
        await on.until(() => on.gate.ended.length === 1)
        const [flow] = on.gate.ended
        if (on.name === 'host') assert.equal(textOf(wire).length, (flow?.received ?? 0) + (flow?.sent ?? 0))
      }))

    test('bytes are counted on the wire, without layers too', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => lines((line) => say(io, line)), { tls: 'implicit' })
        const peer = on.peer(local)
        await peer.secure({ serverName: NAME })
        peer.send('x\r\n')
        await peer.hears('x')
        peer.end()
        await on.until(() => on.gate.ended.length === 1)
        const [flow] = on.gate.ended
        assert.equal(flow?.reason, 'ended')
        if (on.name === 'host') assert.ok((flow?.received ?? 0) > 300 && (flow?.sent ?? 0) > 700, JSON.stringify(flow))
        else assert.deepEqual([flow?.received, flow?.sent], [3, 1])
      }))

    test('a long answer under TLS keeps to the back-pressure', () =>
      within(make, async (on) => {
        const part = Buffer.alloc(30_000, 'z')
        let left = 100
        const { local } = await on.listen(
          (io) => {
            const more = () => (left-- > 0 ? io.send(part) : io.end())
            return { ...lines(more), drained: more }
          },
          { tls: 'implicit' },
        )
        const peer = on.peer(local)
        await peer.secure({ serverName: NAME })
        peer.send('go\r\n')
        await peer.hearsEnd()
        assert.equal(peer.count(), 100 * part.length)
      }))

    test('an adopted TLS stream begins with what was unread, layers or none', async () => {
      for (const layers of [[], [tap('wire', [])], [tap('plain', [])]]) {
        await within(make, async (on) => {
          on.gate.layers = layers
          const { local } = await on.listen(echoAdopted, { tls: 'implicit' })
          const peer = on.peer(local)
          await peer.secure({ serverName: NAME })
          peer.send('take\r\nunread')
          await peer.hears('<unread>')
          peer.send('later')
          await peer.hears('<later>')
          peer.end()
          await on.until(() => on.gate.ended.length === 1)
        })
      }
    })
  })
}

test('a library that is handed a TLS stream finds it connected', async () => {
  for (const layers of [[], [tap('wire', [])], [tap('plain', [])]]) {
    await within(hostHarness, async (on) => {
      on.gate.layers = layers
      const { local } = await on.listen(http2Adopted, { tls: 'implicit', alpn: ['h2'] })
      const client = connectHttp2(`https://${local.ip}:${local.port}`, {
        servername: NAME,
        ca: trustedPem,
        checkServerIdentity: () => undefined,
      })
      let text = ''
      const request = client.request({ ':path': '/' }).on('data', (chunk: Buffer) => (text += chunk.toString()))
      await on.until(() => text === 'hello')
      request.close()
      client.destroy()
    })
  }
})
