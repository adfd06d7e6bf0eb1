import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addWords, checksumOf } from '../../../wire/checksum.ts'
import { FLAG, endpointsOf, tcpPacket, udpPacket, type Endpoint } from './ip-packet.ts'
import { TcpConversation } from './tcp-conversation.ts'
import { PcapngWriter } from './writer.ts'

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')

function ends(from: string, to: string): readonly [Endpoint, Endpoint] {
  const found = endpointsOf({ ip: from, port: 40_000 }, { ip: to, port: 80 })
  assert.ok(found)
  return found
}

interface Written {
  readonly writer: PcapngWriter
  readonly blocks: Uint8Array[]
}

function written(): Written {
  const blocks: Uint8Array[] = []
  const writer = new PcapngWriter((bytes) => blocks.push(bytes))
  blocks.length = 0
  return { writer, blocks }
}

test('the head of a file, a packet and a secret, byte by byte', () => {
  const blocks: Uint8Array[] = []
  const writer = new PcapngWriter((bytes) => blocks.push(bytes), 'w0')
  writer.packet(2 ** 32 / 1000 + 1.5, Uint8Array.of(1, 2, 3), 'hi')
  writer.secret('CLIENT_RANDOM 00 11\n')
  assert.deepEqual(blocks.map(hex), [
    `0a0d0d0a2c0000004d3c2b1a01000000ffffffffffffffff04000800${hex(Buffer.from('Portolan'))}000000002c000000`,
    `01000000280000006500000000000000020002007730000009000100060000000000000028000000`,
    '06000000300000000000000001000000dc05000003000000030000000102030001000200686900000000000030000000',
    `0a000000280000004b534c5414000000${hex(Buffer.from('CLIENT_RANDOM 00 11\n'))}28000000`,
  ])
})

test('packets have right lengths and checksums', () => {
  for (const [client, server] of [ends('192.0.2.1', '192.0.2.2'), ends('2001:db8::1', '2001:db8::2')]) {
    for (const size of [0, 1, 2, 1461]) {
      const payload = new Uint8Array(size).fill(0xa5)
      const segment = { sequence: 0xffff_ffff, acknowledgment: 7, flags: FLAG.ack, payload }
      const packets = [tcpPacket(client, server, 1, segment), udpPacket(client, server, 1, payload)]
      for (const packet of packets) {
        assert.ok(packet)
        const head = client.ip.length === 4 ? 20 : 40
        const protocol = client.ip.length === 4 ? packet[9] : packet[6]
        if (head === 20) assert.equal(checksumOf(addWords(0, packet, 0, 20)), 0)
        const pseudo = addWords(addWords((protocol ?? 0) + packet.length - head, client.ip), server.ip)
        assert.equal(checksumOf(addWords(pseudo, packet, head)), 0)
      }
    }
  }
})

test('what fits no packet is none', () => {
  const [client, server] = ends('192.0.2.1', '192.0.2.2')
  assert.equal(udpPacket(client, server, 1, new Uint8Array(65_508)), undefined)
  assert.equal(udpPacket(client, server, 1, new Uint8Array(65_507))?.length, 65_535)
  assert.equal(endpointsOf({ ip: '192.0.2.1', port: 1 }, { ip: '::1', port: 1 }), undefined)
  assert.equal(endpointsOf({ ip: 'pipe', port: 1 }, { ip: '::1', port: 1 }), undefined)
})

/** `C>S 1:0 SA 3`: who to whom, sequence:acknowledgment relative to the first ones, flags, payload bytes. */
function dialogue(blocks: readonly Uint8Array[], isn: number): string[] {
  return blocks.map((block) => {
    const packet = new DataView(block.buffer, block.byteOffset + 28)
    const fromClient = packet.getUint16(20) === 40_000
    const [own, other] = fromClient ? [isn >>> 0, ~isn >>> 0] : [~isn >>> 0, isn >>> 0]
    const flags = packet.getUint8(33)
    const letters = Object.entries({ S: FLAG.syn, F: FLAG.fin, R: FLAG.rst, P: FLAG.psh, A: FLAG.ack })
    const named = letters.filter(([, bit]) => flags & bit).map(([letter]) => letter)
    const sequence = (packet.getUint32(24) - own) >>> 0
    const acknowledgment = flags & FLAG.ack ? (packet.getUint32(28) - other) >>> 0 : 0
    const length = packet.getUint16(2) - 20 - (packet.getUint8(32) >>> 4) * 4
    return `${fromClient ? 'C>S' : 'S>C'} ${sequence}:${acknowledgment} ${named.join('')} ${length}`
  })
}

test('a connection from its handshake to its end', () => {
  const { writer, blocks } = written()
  const [client, server] = ends('192.0.2.1', '192.0.2.2')
  const isn = 0xffff_fffe
  const conversation = new TcpConversation(writer, client, server, isn)
  conversation.opened(0)
  conversation.data(1, 'client', new Uint8Array(10))
  conversation.data(2, 'server', new Uint8Array(3000))
  conversation.ended(3, 'client')
  conversation.ended(3, 'client')
  conversation.ended(4, 'server')
  conversation.data(5, 'server', new Uint8Array(1))
  conversation.closed(6, 'server')
  assert.deepEqual(dialogue(blocks, isn), [
    'C>S 0:0 S 0',
    'S>C 0:1 SA 0',
    'C>S 1:1 A 0',
    'C>S 1:1 PA 10',
    'S>C 1:11 A 0',
    'S>C 1:11 A 1460',
    'S>C 1461:11 A 1460',
    'S>C 2921:11 PA 80',
    'C>S 11:3001 A 0',
    'C>S 11:3001 FA 0',
    'S>C 3001:12 A 0',
    'S>C 3001:12 FA 0',
    'C>S 12:3002 A 0',
  ])
})

test('long data is acknowledged before it fills the window', () => {
  const { writer, blocks } = written()
  const [client, server] = ends('192.0.2.1', '192.0.2.2')
  new TcpConversation(writer, client, server, 0).data(0, 'client', new Uint8Array(1460 * 33))
  const lines = dialogue(blocks, 0)
  assert.deepEqual(
    lines.flatMap((line, at) => (line.startsWith('S') ? [at] : [])),
    [16, 33, 35],
  )
})

test('a connection that is refused, and one that breaks off', () => {
  const { writer, blocks } = written()
  const [client, server] = ends('192.0.2.1', '192.0.2.2')
  const refused = new TcpConversation(writer, client, server, 0)
  refused.asked(0)
  refused.refused(0)
  refused.closed(0, 'server')
  const broken = new TcpConversation(writer, client, server, 0)
  broken.opened(0)
  broken.ended(0, 'client')
  broken.closed(0, 'server')
  broken.closed(0, 'server')
  assert.deepEqual(dialogue(blocks, 0), [
    'C>S 0:0 S 0',
    'S>C 0:1 RA 0',
    'C>S 0:0 S 0',
    'S>C 0:1 SA 0',
    'C>S 1:1 A 0',
    'C>S 1:1 FA 0',
    'S>C 1:2 A 0',
    'S>C 1:2 RA 0',
  ])
})
