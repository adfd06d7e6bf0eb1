// The resolver alone, against servers that misbehave, and joined to our own server.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { StreamMachine } from '../../core/io.ts'
import { OpenGate, SimPlane, serve } from '../../sim/index.ts'
import { addressesIn, exchangesIn, namesIn } from '../../shared/dns/answers.ts'
import { openResolver, type StubResolver } from '../../shared/dns/client.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { dns } from './index.ts'
import { RCODE, TYPE, isMalformed, type Message } from '../../shared/dns/messages.ts'
import { sampleWorld } from './sample-world.ts'

const SERVER = { ip: '198.51.100.1', port: 53 }
const SECOND = { ip: '198.51.100.2', port: 53 }

async function resolverOn(plane: SimPlane, servers = [SERVER]): Promise<StubResolver> {
  const io = plane.serviceIo('test', ['192.0.2.99'], new OpenGate(), () => undefined)
  let opened: StubResolver | Failure | undefined
  openResolver(io, { servers, tryMs: 1000, rounds: 2 }, (result) => {
    opened = result
  })
  await plane.settled()
  assert.ok(opened !== undefined && !isFailure(opened))
  return opened
}

function ask(plane: SimPlane, resolver: StubResolver, name: string, type: number): (Message | Failure)[] {
  const results: (Message | Failure)[] = []
  resolver.resolve(name, type, (result) => results.push(result))
  plane.run()
  return results
}

function message(result: Message | Failure | undefined): Message {
  assert.ok(result !== undefined && !isFailure(result), JSON.stringify(result))
  return result
}

describe('joined to our server', () => {
  test('finds addresses, exchangers, names, and that there are none', async () => {
    const { plane, stop } = await serve(dns, { world: sampleWorld })
    const resolver = await resolverOn(plane)
    const found = (name: string, type: number) => message(ask(plane, resolver, name, type)[0])
    assert.deepEqual(addressesIn(found('web.harbor.test.', TYPE.A)), ['192.0.2.10'])
    assert.deepEqual(exchangesIn(found('harbor.test', TYPE.MX)), [{ preference: 10, host: 'mail.harbor.test' }])
    assert.deepEqual(namesIn(found('10.2.0.192.in-addr.arpa', TYPE.PTR)), ['www.harbor.test'])
    assert.equal(found('nothing.harbor.test', TYPE.A).rcode, RCODE.NXDOMAIN)
    await stop()
  })

  test('goes over TCP for an answer that was cut', async () => {
    const { plane, stop, gate } = await serve(dns, { world: sampleWorld })
    const answer = message(ask(plane, await resolverOn(plane), 'large.harbor.test', TYPE.TXT)[0])
    assert.deepEqual([answer.answers.length, answer.truncated], [20, false])
    assert.ok(gate.flows.some((flow) => flow.transport === 'tcp'))
    await stop()
  })
})

describe('with servers that misbehave', () => {
  test('asks again and in turn, then gives up', async () => {
    const plane = new SimPlane()
    const [first, second] = [plane.datagramPeer(SERVER), plane.datagramPeer(SECOND)]
    const results = ask(plane, await resolverOn(plane, [SERVER, SECOND]), 'a.test', TYPE.A)
    plane.advance(3999)
    assert.deepEqual([first.received.length, second.received.length, results.length], [2, 2, 0])
    plane.advance(1)
    assert.ok(isFailure(results[0]) && results[0].code === 'ETIMEOUT', JSON.stringify(results))
    plane.advance(10_000)
    assert.equal(results.length, 1)
  })

  test('takes a refusal for good only when no one else is left', async () => {
    const plane = new SimPlane()
    const [first, second] = [plane.datagramPeer(SERVER), plane.datagramPeer(SECOND)]
    const results = ask(plane, await resolverOn(plane, [SERVER, SECOND]), 'a.test', TYPE.A)
    for (const server of [first, second, first, second]) {
      assert.equal(results.length, 0)
      const { packet, from } = server.received.shift() ?? assert.fail('no question')
      server.send(encodeMessage({ ...read(packet), response: true, rcode: RCODE.SERVFAIL }), from)
      plane.run()
    }
    assert.equal(message(results[0]).rcode, RCODE.SERVFAIL)
  })

  test('believes neither a wrong id, question or source, nor a query, nor garbage', async () => {
    const plane = new SimPlane()
    const [server, other] = [plane.datagramPeer(SERVER), plane.datagramPeer(SECOND)]
    const results = ask(plane, await resolverOn(plane), 'a.test', TYPE.A)
    const { packet, from } = server.received.shift() ?? assert.fail('no question')
    const asked = read(packet)
    const good = { ...asked, response: true }
    const question = asked.questions[0] ?? assert.fail('no question')
    const forgeries: readonly Message[] = [
      { ...good, id: asked.id ^ 1 },
      { ...good, response: false },
      { ...good, questions: [{ ...question, type: TYPE.AAAA }] },
      { ...good, questions: [{ ...question, name: 'b.test' }] },
      { ...good, questions: [] },
    ]
    for (const forgery of forgeries) server.send(encodeMessage(forgery), from)
    other.send(encodeMessage(good), from)
    server.send(Uint8Array.of(1, 2, 3), from)
    plane.run()
    assert.equal(results.length, 0)
    server.send(encodeMessage({ ...good, questions: [{ ...question, name: 'A.Test' }] }), from)
    plane.run()
    assert.equal(results.length, 1)
  })

  test('a TCP server that hangs up, or none at all, is one more try', async () => {
    const plane = new SimPlane()
    const server = plane.datagramPeer(SERVER)
    let accepted = 0
    const hangUp = (io: { end(): void }): StreamMachine => ({
      opened() {
        accepted += 1
        io.end()
      },
      received: () => false,
    })
    const listen = { transport: 'tcp', port: 53, accept: hangUp } as const
    await plane.listenStream(listen, { at: SERVER, service: 'x' }, new OpenGate())
    const results = ask(plane, await resolverOn(plane), 'a.test', TYPE.A)
    for (const expected of [1, 2]) {
      const { packet, from } = server.received.shift() ?? assert.fail('no question')
      server.send(encodeMessage({ ...read(packet), response: true, truncated: true }), from)
      plane.run()
      assert.equal(accepted, expected)
    }
    plane.advance(2000)
    assert.ok(isFailure(results[0]), 'no answer in the end')
  })

  test('a name that is none is refused at once', async () => {
    const plane = new SimPlane()
    const [result] = ask(plane, await resolverOn(plane), 'a..test', TYPE.A)
    assert.ok(isFailure(result) && result.code === 'EBADNAME')
  })
})

function read(packet: Uint8Array): Message {
  const decoded = decodeMessage(packet)
  assert.ok(!isMalformed(decoded))
  return decoded
}
