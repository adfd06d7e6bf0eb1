// The gatekeeper on a simulated plane: what it decides, what stands on the record, and whom it vouches for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address } from '../core/address.ts'
import { failure, isFailure } from '../core/failure.ts'
import type { Agreement } from '../core/plane.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../core/io.ts'
import { SimPlane } from '../sim/index.ts'
import { createAuthority, territoryOf } from './authority/index.ts'
import { AGREEMENTS_MAX, compileGate } from './firewall/index.ts'
import { LAPTOP, MAIL, portsOf, rule, WEB, worldWith } from './firewall/fixture.ts'
import { Keeper, type KeeperOptions } from './keeper.ts'
import { FlowRecord } from './record/index.ts'

const SMTP: Address = { ip: MAIL.addresses[0] ?? '', port: 25 }
const world = worldWith({
  firewall: {
    default: 'allow',
    rules: [
      rule('reject', { services: ['smtp'], direction: 'in', because: 'mail comes from servers' }),
      rule('drop', { ports: [{ from: 26, to: 26 }], because: 'nobody asks there' }),
    ],
  },
})

function accept(io: StreamIo): StreamMachine {
  io.emit({ kind: 'smtp.hello', summary: 'hello' })
  return { opened: () => io.end(), received: () => false }
}

async function begin(more: Partial<KeeperOptions> = {}) {
  const plane = new SimPlane()
  const record = new FlowRecord(() => plane.wallMs())
  const watched: string[] = []
  const heard: string[] = []
  const keeper = new Keeper({
    world,
    gate: compileGate(world, portsOf),
    record,
    authority: createAuthority({ ...territoryOf(world), catchAll: false, wallMs: () => plane.wallMs() }),
    layers: [],
    watch: (flow, { verdict, because }) => watched.push(`${flow.id} ${verdict}: ${because}`),
    overhear: (flow, service, event) => heard.push(`${flow?.id} ${service} ${event.kind}`),
    ...more,
  })
  await plane.listenStream({ transport: 'tcp', port: 25, accept }, { at: SMTP, service: 'smtp' }, keeper)
  return { plane, record, keeper, watched, heard }
}

/** Each flow on the record as a line. */
function lines(record: FlowRecord): string[] {
  return record.flows().map(({ flow, decision, end }) => {
    const from = flow.dialed ? 'dialed from' : 'from'
    return `${flow.service} ${from} ${flow.from.ip} to ${flow.to.ip}:${flow.to.port}, ${decision.verdict}, ${end?.reason}`
  })
}

const WEB_IP = WEB.addresses[0] ?? ''

test('a client meets the rules for what comes in', async () => {
  const { plane, record, watched } = await begin()
  plane.peer(SMTP, { from: { ip: LAPTOP.addresses[0] ?? '', port: 50_000 } })
  assert.deepEqual(lines(record), ['smtp from 203.0.113.10 to 192.0.2.2:25, reject, reject'])
  assert.deepEqual(watched, ['1 reject: mail comes from servers'])
})

test('a flow between two hosts stands on the record once, where it arrives', async () => {
  const { plane, record, keeper, heard, watched } = await begin()
  const io = plane.serviceIo('http', [WEB_IP], keeper, () => {})
  io.connect(SMTP, () => ({ received: () => false }))
  plane.run()
  assert.deepEqual(lines(record), ['smtp from 192.0.2.3 to 192.0.2.2:25, allow, ended'])
  assert.deepEqual(heard, ['2 smtp smtp.hello'])
  assert.equal(watched.length, 2)
})

test('a flow that never arrives stands where it was opened', async () => {
  const { plane, record, keeper } = await begin()
  const io = plane.serviceIo('http', [WEB_IP], keeper, () => {})
  for (const port of [26, 27]) io.connect({ ...SMTP, port }, () => ({ received: () => false }))
  plane.advance(60_000)
  assert.deepEqual(lines(record), [
    'http dialed from 192.0.2.3 to 192.0.2.2:26, drop, failed: ETIMEDOUT',
    'http dialed from 192.0.2.3 to 192.0.2.2:27, allow, failed: ECONNREFUSED',
  ])
})

/** Sends one datagram to nobody. */
function open(io: DatagramIo): DatagramMachine {
  io.send(new Uint8Array(3), { ...SMTP, port: 9 })
  return { received() {} }
}

test('a datagram that nobody answers stands where it was sent', async () => {
  const { plane, record, keeper } = await begin()
  const at = { ip: WEB_IP, port: 53 }
  await plane.listenDatagram({ transport: 'udp', port: 53, open }, { at, service: 'dns' }, keeper)
  plane.advance(60_000)
  assert.deepEqual(lines(record), ['dns dialed from 192.0.2.3 to 192.0.2.2:9, allow, idle'])
})

test('names have an identity where they live, and TLS stands on the record', async () => {
  const { record, keeper } = await begin()
  assert.match(keeper.identity(SMTP, 'mx.harbor.test')?.certificatePem ?? '', /BEGIN CERTIFICATE/)
  assert.equal(keeper.identity(SMTP, 'www.harbor.test'), undefined)
  assert.match(keeper.trustedPem, /BEGIN CERTIFICATE/)
  const from = { ip: LAPTOP.addresses[0] ?? '', port: 50_000 }
  const flow = { id: keeper.nextFlowId(), transport: 'tcp', from, to: SMTP, service: 'smtp', openedMs: 0 } as const
  keeper.opened(flow)
  keeper.secured(flow, { version: 'TLSv1.3', cipher: 'X', alpn: 'smtp' })
  assert.equal(record.flows()[0]?.tls?.alpn, 'smtp')
})

const OUTSIDE = { ip: '198.51.100.7', port: 25 }

function openOutside(io: DatagramIo): DatagramMachine {
  io.send(new Uint8Array(3), OUTSIDE)
  return { received() {} }
}

test('nothing is opened to where no host of the world lives, unless every address exists', async () => {
  for (const everyAddress of [false, true]) {
    const { plane, record, keeper } = await begin({ everyAddress })
    const reached = plane.peersAt(OUTSIDE)
    plane.serviceIo('smtp', [WEB_IP], keeper, () => {}).connect(OUTSIDE, () => ({ received: () => false }))
    plane.run()
    assert.equal(reached.length, everyAddress ? 1 : 0)
    const [known] = record.flows()
    assert.equal(
      known?.decision.because,
      everyAddress ? 'no rule matches; this is the default' : 'no host of this world has this address',
    )
  }
  const { plane, record, keeper } = await begin()
  const at = { ip: WEB_IP, port: 53 }
  await plane.listenDatagram({ transport: 'udp', port: 53, open: openOutside }, { at, service: 'dns' }, keeper)
  assert.equal(record.flows()[0]?.decision.verdict, 'reject')
})

const agreement: Agreement = {
  flow: undefined,
  from: { ip: LAPTOP.addresses[0] ?? '' },
  to: SMTP,
  direction: 'in',
  because: 'EPSV in a conversation with ftp',
}

test('what was agreed on passes before the rules and is closed to others, until it is taken back', async () => {
  const { plane, record, keeper } = await begin()
  const takeBack = await keeper.agree(agreement)
  const from = (ip: string) => plane.peer(SMTP, { from: { ip, port: 50_000 } })
  from(LAPTOP.addresses[0] ?? '')
  from('203.0.113.11')
  assert.ok(!isFailure(takeBack))
  takeBack()
  takeBack()
  from(LAPTOP.addresses[0] ?? '')
  assert.deepEqual(
    record.flows().map(({ decision }) => `${decision.verdict}: ${decision.because}`),
    [
      'allow: agreed: EPSV in a conversation with ftp',
      'reject: another peer has agreed on this port',
      'reject: mail comes from servers',
    ],
  )
})

test('the network is told of each agreement once, and one that it does not take is none', async () => {
  const told: string[] = []
  let answer: ReturnType<typeof failure> | undefined
  const network = {
    open: async ({ because }: Agreement) => (told.push(`open ${because}`), answer),
    close: ({ because }: Agreement) => void told.push(`close ${because}`),
  }
  const { plane, record, keeper } = await begin({ network })
  const takeBack = await keeper.agree({ ...agreement, because: 'one' })
  if (!isFailure(takeBack)) takeBack()
  if (!isFailure(takeBack)) takeBack()
  answer = failure('ENFT', 'no')
  const refused = await keeper.agree({ ...agreement, because: 'two' })
  assert.equal(isFailure(refused) && refused.code, 'ENFT')
  assert.deepEqual(told, ['open one', 'close one', 'open two', 'close two'])
  plane.peer(SMTP, { from: { ip: LAPTOP.addresses[0] ?? '', port: 50_000 } })
  assert.equal(record.flows()[0]?.decision.verdict, 'reject')
})

test('too many agreements are refused, and told of once', async () => {
  const { keeper, heard } = await begin()
  const outcomes = await Promise.all(
    Array.from({ length: AGREEMENTS_MAX + 3 }, (_, port) => keeper.agree({ ...agreement, to: { ...SMTP, port } })),
  )
  assert.equal(outcomes.filter(isFailure).length, 3)
  assert.deepEqual(heard, ['undefined  driver.limit'])
})
