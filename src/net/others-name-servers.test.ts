// A world on loopback whose resolver begins at name servers that are no part of it: given their address and their keys, it asks them
// over UDP and TCP, and nobody else on this machine.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { isConfigError, isFailure } from '../core/failure.ts'
import { services } from '../services.ts'
import { decodeMessage, encodeMessage } from '../shared/dns/codec/message.ts'
import { foldName } from '../shared/dns/codec/name.ts'
import { formatRdata } from '../shared/dns/codec/rdata.ts'
import { framed } from '../shared/dns/framing.ts'
import { CLASS, RCODE, TYPE, isMalformed, query, type Message } from '../shared/dns/messages.ts'
import { trustAnchorAt } from '../shared/dnssec/index.ts'
import { SampleServers } from '../shared/dnssec/sample-servers.ts'
import { SAMPLE_SIGNING } from '../shared/dnssec/sample-zone.ts'
import { assembleOnLoopback } from './host-world.ts'
import { freePlacement } from './loopback.ts'
import { loadWorld } from './world/index.ts'

const SECRET = Buffer.alloc(32, 5)
/** The first host of a file stands at the first address. */
const OTHERS = '127.80.0.1'
const TEXT = `. 3600 SOA ns.test. host.test. 1 3600 600 86400 300
  . 3600 NS a.root.
  www.test. 60 A 192.0.2.5`

interface Outside {
  readonly port: number
  readonly asked: string[]
  close(): void
}

/** A name server outside of the world: what is asked for over UDP is cut, and comes over TCP. */
async function outside(ip: string, wanted = 0): Promise<Outside> {
  const servers = new SampleServers(SECRET, Date.now(), [{ apex: '', signing: SAMPLE_SIGNING, text: TEXT }])
  const asked: string[] = []
  const answer = (packet: Uint8Array, over: 'udp' | 'tcp'): Uint8Array => {
    const message = decodeMessage(new Uint8Array(packet))
    const question = isMalformed(message) ? undefined : message.questions[0]
    if (isMalformed(message) || question === undefined) return new Uint8Array(0)
    asked.push(over)
    const found = servers.ask(foldName(question.name), question.type)
    const cut = over === 'udp' ? { answers: [], authorities: [], truncated: true } : {}
    return encodeMessage({ ...found, id: message.id, questions: message.questions, authoritative: true, ...cut })
  }
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => socket.write(framed(answer(bytes.subarray(2), 'tcp'))))
  }).listen(wanted, ip)
  await once(tcp, 'listening')
  const bound = tcp.address()
  assert.ok(bound !== null && typeof bound === 'object')
  const { port } = bound
  const udp = createSocket('udp4').bind(port, ip)
  udp.on('message', (packet, from) => udp.send(answer(packet, 'udp'), from.port, from.address))
  await once(udp, 'listening')
  const close = () => {
    tcp.close()
    udp.close()
  }
  return { port, asked, close }
}

async function resolverAt(addresses: readonly string[], port: number) {
  const anchor = trustAnchorAt(SECRET, '', SAMPLE_SIGNING, Date.now())
  const anchors = anchor.ds.map((data) => `        - . IN DS ${formatRdata(TYPE.DS, data)}\n`).join('')
  const hints = addresses.map((ip, at) => `r${at}.root: ['${ip}']`).join(', ')
  const text = `hosts:
  ns.others.test: {}
  resolver.harbor.test:
    services:
    - resolver:
        hints: { ${hints} }
        hints-port: ${port}
        trust-anchors:
${anchors}`
  const world = await loadWorld(text, { path: 'others.yaml', services })
  assert.ok(!isConfigError(world), JSON.stringify(world))
  const assembly = await assembleOnLoopback({ world, services, placement: freePlacement() })
  assert.ok(!isFailure(assembly))
  const internet = await assembly.start()
  const own = assembly.world.hosts.find(({ name }) => name === 'resolver.harbor.test')?.addresses[0] ?? ''
  const binding = internet.bindings.find(
    ({ known, transport }) => known.ip === own && known.port === 53 && transport === 'udp',
  )
  assert.ok(binding !== undefined && !isFailure(binding.bound))
  return { at: binding.bound, stop: () => internet.stop() }
}

async function ask({ ip, port }: { ip: string; port: number }): Promise<Message> {
  const socket = createSocket('udp4')
  const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [] }
  socket.send(encodeMessage(query(7, { name: 'www.test', type: TYPE.A, class: CLASS.IN }, { edns })), port, ip)
  const [packet]: unknown[] = await once(socket, 'message')
  socket.close()
  assert.ok(packet instanceof Uint8Array)
  const message = decodeMessage(new Uint8Array(packet))
  assert.ok(!isMalformed(message))
  return message
}

/** The resolver's own host, a client, and nobody's: first in line, and they would answer. */
const ELSEWHERE = ['127.80.0.2', '127.0.0.1', '127.9.9.9']

test(
  'name servers at the address of a host that serves nothing are asked over UDP and TCP, and none elsewhere',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const servers = await outside(OTHERS)
    const elsewhere = await Promise.all(ELSEWHERE.map((ip) => outside(ip, servers.port)))
    const resolver = await resolverAt([...ELSEWHERE, OTHERS], servers.port)
    t.after(async () => {
      await resolver.stop()
      for (const one of [servers, ...elsewhere]) one.close()
    })
    const answer = await ask(resolver.at)
    assert.deepEqual([answer.rcode, answer.authenticData], [RCODE.NOERROR, true])
    assert.equal(answer.answers.find(({ type }) => type === TYPE.A)?.data.at(-1), 5)
    assert.deepEqual(new Set(servers.asked), new Set(['udp', 'tcp']))
    assert.deepEqual(
      elsewhere.flatMap(({ asked }) => asked),
      [],
    )
  },
)
