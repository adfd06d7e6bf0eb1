// The client and a server by script: what is said in which order, how data moves, and what comes of servers that do
// otherwise.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../../../core/index.ts'
import { OpenGate, SimPlane } from '../../../sim/index.ts'
import type { Reply, Verb } from '../messages.ts'
import { FtpClient, type FtpClientOptions, type FtpReady, type TransferOutcome, type TransferRequest } from './index.ts'
import { SampleServer, type SampleScript } from './sample-server.ts'

const AT = { ip: '198.51.100.1', port: 21 }
const NAME = 'files.harbor.test'

interface Scene {
  readonly server: SampleServer
  readonly plane: SimPlane
  readonly gate: OpenGate
  readonly client: () => FtpClient
  readonly ready: () => FtpReady | Failure | undefined
  ask(verb: Verb, argument?: string): Promise<string>
  transfer(request: TransferRequest): Promise<TransferOutcome | Failure>
}

interface Play {
  readonly script?: SampleScript
  readonly options?: Partial<FtpClientOptions>
  readonly chunkMaxBytes?: number
}

async function play({ script = {}, options = {}, chunkMaxBytes = Infinity }: Play = {}): Promise<Scene> {
  const plane = new SimPlane({ chunkMaxBytes })
  const gate = new OpenGate()
  const server = new SampleServer(script)
  await plane.listenStream(server.listen(AT.port, options.tls), { at: AT, service: 'ftp' }, gate)
  let ready: FtpReady | Failure | undefined
  let client: FtpClient | undefined
  const hear = (result: FtpReady | Failure): void => void (ready = result)
  const io = plane.serviceIo('test', ['192.0.2.1'], gate, () => {})
  io.connect(AT, (stream) => {
    client = new FtpClient(stream, { user: 'alice', password: 'secret', tlsRequired: false, ready: hear, ...options })
    return client
  })
  await settle(plane)
  const dialled = (): FtpClient => {
    assert.ok(client !== undefined)
    return client
  }
  return {
    server,
    plane,
    gate,
    client: dialled,
    ready: () => ready,
    async ask(verb, argument = '') {
      let said: Reply | Failure | undefined
      dialled().ask({ verb, argument }, (result) => void (said = result))
      await settle(plane)
      return said === undefined ? 'nothing' : isFailure(said) ? said.code : String(said.code)
    },
    async transfer(request) {
      let outcome: TransferOutcome | Failure | undefined
      dialled().transfer(request, (result) => void (outcome = result))
      await settle(plane)
      assert.ok(outcome !== undefined, 'no outcome')
      return outcome
    },
  }
}

async function settle(plane: SimPlane): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await plane.settled()
    plane.advance(0)
  }
  await plane.settled()
}

function codeOf(result: FtpReady | Failure | undefined): string {
  return result === undefined ? 'nothing' : isFailure(result) ? result.code : 'ready'
}

/** `said` to lines that begin with `start`. */
function says(start: string, said: string): (line: string) => string | undefined {
  return (line) => (line.startsWith(start) ? said : undefined)
}

function codeText(result: Reply | Failure): string {
  return String(result.code)
}

/** `150 226 whole 5 bytes: hello`. */
function told(outcome: TransferOutcome | Failure): string {
  if (isFailure(outcome)) return outcome.code
  const { opening, reply, isWhole, bytes, content } = outcome
  const text = content === undefined ? '' : `: ${Buffer.from(content).toString()}`
  return `${opening?.code ?? '-'} ${reply.code} ${isWhole ? 'whole' : 'not whole'} ${bytes} bytes${text}`
}

test('logs in, and asks what the server can', async () => {
  const { server, ready } = await play({ script: { features: ['SIZE', 'UTF8', 'REST STREAM'] } })
  assert.deepEqual(ready(), { features: ['SIZE', 'UTF8', 'REST STREAM'], tls: undefined })
  assert.deepEqual(server.heard, ['USER alice', 'PASS secret', 'FEAT', 'OPTS UTF8 ON', 'TYPE I'])
})

test('TLS, then the host, then the login, then data that is hidden', async () => {
  const options = { serverName: NAME, host: NAME, tlsRequired: true }
  const { server, ready } = await play({ options })
  assert.equal(codeOf(ready()), 'ready', JSON.stringify(ready()))
  assert.deepEqual(server.heard, [
    'AUTH TLS',
    `HOST ${NAME}`,
    'USER alice',
    'PASS secret',
    'FEAT',
    'PBSZ 0',
    'PROT P',
    'TYPE I',
  ])
})

for (const data of [undefined, 'EPSV', 'PASV', 'EPRT', 'PORT'] as const) {
  for (const secure of ['in the clear', 'AUTH TLS', 'implicit TLS'] as const) {
    for (const chunkMaxBytes of [Infinity, 1]) {
      const bytes = chunkMaxBytes === 1 ? ', byte by byte' : ''
      test(`moves files both ways: ${data ?? 'as it likes'}, ${secure}${bytes}`, async () => {
        const options = {
          ...(data === undefined ? {} : { data }),
          ...(secure === 'in the clear' ? {} : { serverName: NAME }),
          ...(secure === 'implicit TLS' ? ({ tls: 'implicit' } as const) : {}),
        }
        const { server, transfer, gate } = await play({ options, chunkMaxBytes })
        const content = Buffer.from('hello')
        assert.equal(told(await transfer({ verb: 'STOR', path: 'a b', content })), '150 226 whole 5 bytes')
        assert.equal(server.files.get('a b'), 'hello')
        assert.equal(told(await transfer({ verb: 'RETR', path: 'a b' })), '150 226 whole 5 bytes: hello')
        assert.equal(told(await transfer({ verb: 'RETR', path: 'a b', from: 3 })), '150 226 whole 2 bytes: lo')
        assert.equal(
          told(await transfer({ verb: 'STOR', path: 'empty', content: new Uint8Array() })),
          '150 226 whole 0 bytes',
        )
        assert.equal(told(await transfer({ verb: 'NLST' })), '150 226 whole 12 bytes: a b\r\nempty\r\n')
        assert.equal(told(await transfer({ verb: 'RETR', path: 'none' })), '- 550 not whole 0 bytes: ')
        assert.deepEqual(new Set(server.dataPeers), new Set(['192.0.2.1']))
        assert.deepEqual(new Set(server.resumed), new Set(secure === 'in the clear' ? [] : [true]))
        assert.ok(!gate.kinds.includes('driver.broken'), JSON.stringify(gate.events))
      })
    }
  }
}

test('goes to the server for a 227, whatever address stands in it', async () => {
  const { gate, transfer } = await play({ options: { data: 'PASV' } })
  await transfer({ verb: 'NLST' })
  assert.ok(gate.flows.every(({ to }) => to.ip === AT.ip))
})

test('asks by PASV from then on where EPSV is not known', async () => {
  const answer = says('EPSV', '500 what')
  const { server, transfer } = await play({ script: { answer } })
  assert.equal(told(await transfer({ verb: 'NLST' })), '150 226 whole 0 bytes: ')
  assert.equal(told(await transfer({ verb: 'NLST' })), '150 226 whole 0 bytes: ')
  assert.deepEqual(server.heard.slice(4), ['EPSV', 'PASV', 'NLST', 'PASV', 'NLST'])
})

test('lines by TYPE A, and bytes again', async () => {
  const { server, transfer } = await play()
  server.files.set('a', 'x\r\n')
  await transfer({ verb: 'RETR', path: 'a', type: 'A' })
  await transfer({ verb: 'NLST' })
  await transfer({ verb: 'RETR', path: 'a' })
  assert.deepEqual(
    server.heard.slice(4).filter((line) => line !== 'EPSV'),
    ['TYPE A', 'RETR a', 'NLST', 'TYPE I', 'RETR a'],
  )
})

test('one after the other, whatever is asked at once', async () => {
  const { client, server, plane } = await play()
  server.files.set('a', 'x')
  const answers: string[] = []
  const hear = (name: string) => (result: Reply | Failure) =>
    void answers.push(`${name} ${isFailure(result) ? result.code : result.code}`)
  client().ask({ verb: 'CWD', argument: 'sub' }, hear('CWD'))
  client().transfer({ verb: 'RETR', path: 'a' }, (outcome) => void answers.push(`RETR ${told(outcome)}`))
  client().rename('a', 'b', hear('RNTO'))
  client().transfer({ verb: 'STOU', content: Buffer.from('new') }, (outcome) => {
    answers.push(`STOU ${told(outcome)} ${isFailure(outcome) ? '' : outcome.opening?.lines[0]}`)
  })
  client().ask({ verb: 'QUIT' }, hear('QUIT'))
  await settle(plane)
  assert.deepEqual(answers, [
    'CWD 200',
    'RETR 150 226 whole 1 bytes: x',
    'RNTO 200',
    'STOU 150 226 whole 3 bytes FILE: unique',
    'QUIT 221',
  ])
})

test('renames by two commands, and not by one that was refused', async () => {
  const answer = says('RNFR none', '550 none')
  const { client, server, plane } = await play({ script: { answer } })
  const codes: (number | string)[] = []
  client().rename('a', 'b', (result) => void codes.push(result.code))
  await settle(plane)
  client().rename('none', 'b', (result) => void codes.push(result.code))
  await settle(plane)
  assert.deepEqual(codes, [200, 550])
  assert.deepEqual(server.heard.slice(4), ['RNFR a', 'RNTO b', 'RNFR none'])
})

test('breaks a transfer off with ABOR, and goes on', async () => {
  const { client, server, plane, transfer } = await play({ script: { stalls: true } })
  server.files.set('a', 'half')
  const answers: string[] = []
  client().transfer({ verb: 'RETR', path: 'a' }, (outcome) => void answers.push(told(outcome)))
  await settle(plane)
  assert.equal(answers.length, 0)
  client().abort((result) => void answers.push(codeText(result)))
  await settle(plane)
  assert.deepEqual(answers, ['150 426 not whole 4 bytes: half', '226'])
  assert.equal(told(await transfer({ verb: 'STOR', path: 'b', content: Buffer.from('b') })), '150 226 whole 1 bytes')
})

test('a chunk is a view, and what nobody hears is kept', async () => {
  const { server, transfer } = await play({ chunkMaxBytes: 3 })
  server.files.set('a', 'x'.repeat(1000))
  let heard = 0
  const outcome = await transfer({ verb: 'RETR', path: 'a', heard: (chunk) => void (heard += chunk.length) })
  assert.equal(told(outcome), '150 226 whole 1000 bytes')
  assert.equal(heard, 1000)
})

const LOGINS: readonly (readonly [line: string, said: string, outcome: string])[] = [
  ['USER alice', '230 at once', 'ready'],
  ['USER alice', '530 no', 'EAUTH'],
  ['USER alice', '332 an account', 'ready'],
  ['PASS secret', '332 an account', 'ready'],
  ['PASS secret', '530 no', 'EAUTH'],
  ['PASS secret', '202 no need', 'ready'],
  ['PASS secret', '421 too many', 'ECLOSING'],
  ['PASS secret', 'what?', 'EPROTO'],
  ['PASS secret', '99 what', 'EPROTO'],
  ['PASS secret', '', 'ETIMEDOUT'],
  ['PASS secret', '230 in\r\n230 in again', 'EREFUSED'],
  ['FEAT', '500 what', 'ready'],
  ['TYPE I', '504 no', 'EREFUSED'],
]

for (const [line, said, outcome] of LOGINS) {
  test(`${line} answered with ${said === '' ? 'nothing' : JSON.stringify(said)}: ${outcome}`, async () => {
    const answer = says(line, said)
    const { ready, plane } = await play({ script: { answer }, options: { account: 'ours' } })
    plane.advance(30_000)
    await settle(plane)
    assert.equal(codeOf(ready()), outcome, JSON.stringify(ready()))
  })
}

test('no TLS, no login, where it must be', async () => {
  const answer = says('AUTH', '502 what')
  const refused = await play({ script: { answer }, options: { serverName: NAME, tlsRequired: true } })
  assert.equal(codeOf(refused.ready()), 'ENOTLS')
  assert.deepEqual(refused.server.heard, ['AUTH TLS'])
  const open = await play({ script: { answer }, options: { serverName: NAME } })
  assert.equal(codeOf(open.ready()), 'ready')
  const nameless = await play({ options: { tlsRequired: true } })
  assert.equal(codeOf(nameless.ready()), 'ENOTLS')
  assert.deepEqual(nameless.server.heard, [])
})

test('a server that takes no session, or not this host', async () => {
  const busy = await play({ script: { greeting: '421 too many' } })
  assert.equal(codeOf(busy.ready()), 'ECLOSING')
  const other = await play({ script: { greeting: 'SSH-2.0-x' } })
  assert.equal(codeOf(other.ready()), 'EPROTO')
  const answer = says('HOST', '504 not here')
  const host = await play({ script: { answer }, options: { host: 'x.test' } })
  assert.equal(codeOf(host.ready()), 'EREFUSED')
})

const DATA: readonly (readonly [line: string, said: string, outcome: string])[] = [
  ['EPSV', '425 no', 'EREFUSED'],
  ['EPSV', '229 nothing', 'EREFUSED'],
  ['EPSV', '229 x (|||1|)', 'ECONNREFUSED'],
  ['RETR a', '425 no', '- 425 not whole 0 bytes: '],
  ['RETR a', '226 done already', '- 226 not whole 0 bytes: '],
  ['RETR a', '150 coming', 'ETIMEDOUT'],
  ['RETR a', '421 bye', 'ECLOSING'],
  ['REST 1', '502 what', 'EREFUSED'],
]

for (const [line, said, outcome] of DATA) {
  test(`${line} answered with ${JSON.stringify(said)}: ${outcome}`, async () => {
    const answer = says(line, said)
    const { client, server, plane } = await play({ script: { answer } })
    server.files.set('a', 'xyz')
    let result: TransferOutcome | Failure | undefined
    client().transfer({ verb: 'RETR', path: 'a', from: line === 'REST 1' ? 1 : 0 }, (heard) => void (result = heard))
    await settle(plane)
    plane.advance(30_000)
    await settle(plane)
    assert.equal(result === undefined ? 'nothing' : told(result), outcome)
  })
}

test('a download that breaks off is not whole', async () => {
  const { server, transfer } = await play({ script: { breaksAfter: 2 } })
  server.files.set('a', 'xyz')
  assert.equal(told(await transfer({ verb: 'RETR', path: 'a' })), '150 426 not whole 2 bytes: xy')
})

test('an upload that is refused when it has begun ends at once', async () => {
  const answer = says('STOR', '150 give\r\n552 too much')
  const { transfer, ask } = await play({ script: { answer } })
  const outcome = await transfer({ verb: 'STOR', path: 'a', content: Buffer.alloc(3_000_000) })
  assert.ok(!isFailure(outcome))
  assert.deepEqual([outcome.reply.code, outcome.isWhole], [552, false])
  assert.equal(await ask('NOOP'), '200')
})

test('all that wait hear that the server is gone', async () => {
  const { client, plane } = await play({ script: { stalls: true } })
  const codes: (number | string)[] = []
  client().transfer({ verb: 'NLST' }, (outcome) => void codes.push(isFailure(outcome) ? outcome.code : 'done'))
  client().ask({ verb: 'NOOP' }, (result) => void codes.push(result.code))
  await settle(plane)
  await plane.stop()
  client().ask({ verb: 'NOOP' }, (result) => void codes.push(result.code))
  assert.deepEqual(codes, ['ECONNRESET', 'ECONNRESET', 'ECONNRESET'])
})
