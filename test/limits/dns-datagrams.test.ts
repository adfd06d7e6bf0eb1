// Datagrams that are no questions, or questions with somebody else's address on them: what makes no sense gets nothing or an
// error that is no longer, and an answer has its bound whatever is asked, so that it is no weapon (RFC 5358).

import assert from 'node:assert/strict'
import type { Socket as UdpSocket } from 'node:dgram'
import { test, type TestContext } from 'node:test'
import { decodeMessage } from '../../src/shared/dns/codec/message.ts'
import { RCODE, UDP_PLAIN_MAX_BYTES, UDP_UNFRAGMENTED_BYTES, isMalformed } from '../../src/shared/dns/messages.ts'
import type { Address } from '../../src/core/address.ts'
import { NS, RESOLVER, WIDE, answersBefore, asked, datagrams, namesData, question } from './names.ts'
import { turnedWorld } from './world.ts'

/** Of the question that is asked last. */
const LAST_ID = 0xfffe
const HEADER_BYTES = 12
/** What an OPT record takes without options (RFC 6891 §6.1.2). */
const OPT_BYTES = 11
const LARGE = Array.from({ length: 100 }, (_, n) => `"${n} ${'x'.repeat(200)}"`)

const DATA = namesData({ domain: { records: LARGE.map((text) => `large TXT ${text}`) } })

/** What comes back to `packets`, with a question behind them that is answered for certain. */
function back(socket: UdpSocket, to: Address, packets: readonly Uint8Array[]): Promise<readonly Buffer[]> {
  const last = question('www.harbor.test', 'A', {}, LAST_ID)
  return answersBefore(socket, packets, last, to, (answer) => answer.readUInt16BE(0) === LAST_ID)
}

async function server(t: TestContext, host: string): Promise<{ readonly socket: UdpSocket; readonly to: Address }> {
  const { world } = await turnedWorld(t, DATA)
  const socket = await datagrams(t)
  const to = world.address(host, 53, 'udp')
  await asked(socket, question('www.harbor.test', 'A'), to)
  return { socket, to }
}

function header(changes: { flags?: number; questions?: number; answers?: number; additionals?: number }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt16BE(0x4d2, 0)
  bytes.writeUInt16BE(changes.flags ?? 0x100, 2)
  bytes.writeUInt16BE(changes.questions ?? 1, 4)
  bytes.writeUInt16BE(changes.answers ?? 0, 6)
  bytes.writeUInt16BE(changes.additionals ?? 0, 10)
  return bytes
}

const A_IN = Buffer.from([0, 1, 0, 1])
const WWW = question('www.harbor.test', 'A')
const NONSENSE: Readonly<Record<string, Uint8Array>> = {
  'a name that points at itself': Buffer.concat([header({}), Buffer.from([0xc0, 12]), A_IN]),
  'two names that point at each other': Buffer.concat([
    header({ questions: 2 }),
    Buffer.from([0xc0, 18]),
    A_IN,
    Buffer.from([0xc0, 12]),
    A_IN,
  ]),
  'a name that points ahead': Buffer.concat([header({}), Buffer.from([0xc0, 0x40]), A_IN, Buffer.alloc(64)]),
  'a name of 256 bytes': Buffer.concat([header({}), Buffer.alloc(254, '\x01a'), Buffer.from([0]), A_IN]),
  'more questions than there are': Buffer.concat([header({ questions: 0xffff }), WWW.subarray(HEADER_BYTES)]),
  'more records than there are': Buffer.concat([header({ answers: 0xffff }), WWW.subarray(HEADER_BYTES)]),
  'bytes behind the question': Buffer.concat([WWW, Buffer.alloc(4000)]),
  'an option longer than its record': Buffer.concat([
    header({ additionals: 1 }),
    WWW.subarray(HEADER_BYTES),
    Buffer.from([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 4, 0, 10, 0xff, 0xff]),
  ]),
  'the longest datagram there is, of zeros': Buffer.alloc(65_507),
  'the same of ones': Buffer.alloc(65_507, 0x7f),
  'a status query': Buffer.concat([header({ flags: 0x1100 }), WWW.subarray(HEADER_BYTES)]),
  'an opcode that nobody knows': Buffer.concat([header({ flags: 0x7900 }), WWW.subarray(HEADER_BYTES)]),
  'no question': header({ questions: 0 }),
  'a signature that is garbage': Buffer.concat([
    header({ additionals: 1 }),
    WWW.subarray(HEADER_BYTES),
    Buffer.from([0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
  ]),
}

for (const host of [NS, RESOLVER]) {
  test(`${host}: what is shorter than a header, or an answer, gets nothing`, async (t) => {
    const { socket, to } = await server(t, host)
    const answer = Buffer.from(WWW)
    answer[2] = 0x81
    const short = Array.from({ length: HEADER_BYTES }, (_, length) => WWW.subarray(0, length))
    const malformed = Buffer.from(NONSENSE['a name that points at itself'] ?? [])
    malformed[2] = 0x84
    assert.deepEqual(await back(socket, to, [...short, answer, malformed]), [])
  })

  for (const [what, packet] of Object.entries(NONSENSE)) {
    test(`${host}: ${what} gets an error that is no longer`, async (t) => {
      const { socket, to } = await server(t, host)
      for (const answer of await back(socket, to, [packet])) {
        assert.ok(answer.length <= packet.length + OPT_BYTES, `${answer.length} bytes for ${packet.length}`)
        assert.notEqual((answer[3] ?? 0) & 15, RCODE.NOERROR)
        assert.ok((answer[2] ?? 0) >= 0x80)
      }
    })
  }

  test(`${host}: answers have their bound, whatever is asked`, async (t) => {
    const { socket, to } = await server(t, host)
    for (const [name, type] of [
      ['harbor.test', 'ANY'],
      ['harbor.test', 'DNSKEY'],
      ['large.harbor.test', 'TXT'],
      ['large.harbor.test', 'ANY'],
      ['nothing.harbor.test', 'A'],
    ] as const) {
      const plain = await asked(socket, question(name, type), to)
      assert.ok(plain.length <= UDP_PLAIN_MAX_BYTES, `${name} ${type}: ${plain.length} bytes`)
      const wide = await asked(socket, question(name, type, WIDE), to)
      assert.ok(wide.length <= UDP_UNFRAGMENTED_BYTES, `${name} ${type}: ${wide.length} bytes with EDNS`)
      const message = decodeMessage(wide)
      assert.ok(!isMalformed(message))
      if (name.startsWith('large') && type === 'TXT') assert.ok(message.truncated)
      t.diagnostic(`${name} ${type}: ${plain.length} and ${wide.length} bytes`)
    }
  })
}
