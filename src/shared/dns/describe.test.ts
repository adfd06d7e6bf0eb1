// What is said of messages in one line.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRdata } from './codec/rdata.ts'
import { decodeMessage, encodeMessage } from './codec/message.ts'
import { describe } from './describe.ts'
import { CLASS, OPCODE, RCODE, TYPE, isMalformed, query, type Message, type ResourceRecord } from './messages.ts'

function record(type: number, text: string | undefined, changes: Partial<ResourceRecord> = {}): ResourceRecord {
  const data = text === undefined ? new Uint8Array(0) : parseRdata(type, text)
  assert.ok(!isMalformed(data))
  return { name: 'www.harbor.test', type, class: CLASS.IN, ttlSeconds: 300, data, ...changes }
}

const a = record(TYPE.A, '192.0.2.1')
const of = (type: number, changes: Partial<Message> = {}, name = 'www.harbor.test'): Message =>
  query(1, { name, type, class: CLASS.IN }, changes)
const response = { response: true }
const update = { opcode: OPCODE.UPDATE }

const TABLE: readonly (readonly [Message, string])[] = [
  [of(TYPE.A), 'www.harbor.test A?'],
  [of(TYPE.NSEC3PARAM, {}, ''), '. NSEC3PARAM?'],
  [of(TYPE.A, { ...response, answers: [a] }), 'www.harbor.test A → 192.0.2.1'],
  [
    of(TYPE.A, {
      ...response,
      answers: [a, record(TYPE.RRSIG, 'A 13 3 300 20300101000000 20290101000000 7 a.b. QUJD')],
    }),
    'www.harbor.test A → 192.0.2.1',
  ],
  [
    of(TYPE.A, { ...response, answers: [a, a, a, a, a, a] }),
    `www.harbor.test A → ${'192.0.2.1, '.repeat(3)}192.0.2.1 and 2 more`,
  ],
  [of(TYPE.A, { ...response, rcode: RCODE.NXDOMAIN }), 'www.harbor.test A → NXDOMAIN'],
  [of(TYPE.A, { ...response, truncated: true }), 'www.harbor.test A → truncated'],
  [of(TYPE.A, response), 'www.harbor.test A → no data'],
  [
    of(TYPE.A, { ...response, authorities: [record(TYPE.NS, 'ns.sub.', { name: 'sub' })] }),
    'www.harbor.test A → referral to the servers of sub.',
  ],
  [of(TYPE.SOA, { opcode: OPCODE.NOTIFY }, 'harbor.test'), 'NOTIFY harbor.test SOA?'],
  [of(TYPE.SOA, { ...response, opcode: OPCODE.NOTIFY }, 'harbor.test'), 'NOTIFY harbor.test SOA → heard'],
  [of(TYPE.SOA, { ...update, authorities: [a] }, 'harbor.test'), 'UPDATE harbor.test: +www.harbor.test A 192.0.2.1'],
  [
    of(
      TYPE.SOA,
      {
        ...update,
        answers: [
          record(TYPE.ANY, undefined, { class: CLASS.ANY }),
          record(TYPE.MX, undefined, { class: CLASS.NONE }),
          a,
        ],
        authorities: [
          record(TYPE.ANY, undefined, { class: CLASS.ANY, ttlSeconds: 0 }),
          record(TYPE.MX, undefined, { class: CLASS.ANY, ttlSeconds: 0 }),
          record(TYPE.A, '192.0.2.1', { class: CLASS.NONE, ttlSeconds: 0 }),
        ],
      },
      'harbor.test',
    ),
    'UPDATE harbor.test: -www.harbor.test, -www.harbor.test MX, -www.harbor.test A 192.0.2.1, ' +
      'if there is www.harbor.test, there is no www.harbor.test MX, there is www.harbor.test A 192.0.2.1',
  ],
  [of(TYPE.SOA, { ...update, ...response }, 'harbor.test'), 'UPDATE harbor.test → done'],
  [of(TYPE.SOA, { ...update, ...response, rcode: RCODE.NOTAUTH }, 'harbor.test'), 'UPDATE harbor.test → NOTAUTH'],
]

for (const [message, line] of TABLE) {
  test(line, () => {
    assert.equal(describe(message), line)
    assert.deepEqual(decodeMessage(encodeMessage(message)), message)
  })
}
