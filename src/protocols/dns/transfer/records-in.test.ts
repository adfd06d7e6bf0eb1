// Answers to transfers, whole, cut into any messages, and wrong.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { parseRdata } from '../../../shared/dns/codec/rdata.ts'
import { CLASS, TYPE, isMalformed, query, type ResourceRecord } from '../../../shared/dns/messages.ts'
import { TransferReader, type Taken } from './records-in.ts'

const APEX = 'live.test'

function soa(serial: number, name = APEX): ResourceRecord {
  const data = parseRdata(TYPE.SOA, `ns.live.test. root.live.test. ${serial} 600 60 3600 60`)
  assert.ok(!('kind' in data))
  return { name, type: TYPE.SOA, class: CLASS.IN, ttlSeconds: 60, data }
}

function a(last: number, name = 'www.live.test'): ResourceRecord {
  return { name, type: TYPE.A, class: CLASS.IN, ttlSeconds: 60, data: Uint8Array.of(192, 0, 2, last) }
}

/** `each`: records of one message. */
function taken(records: readonly ResourceRecord[], ownSerial: number | undefined, each = records.length): Taken {
  const reader = new TransferReader(APEX, ownSerial)
  let last: Taken = 'more'
  for (let at = 0; at < records.length; at += each) {
    const answers = records.slice(at, at + each)
    const question = { name: APEX, type: TYPE.AXFR, class: CLASS.IN }
    const bytes = encodeMessage(query(1, question, { response: true, answers }))
    const message = decodeMessage(bytes)
    assert.ok(!isMalformed(message))
    last = reader.take(message, bytes)
    if (last !== 'more') return last
  }
  return last
}

function told(result: Taken): string {
  if (result === 'more') return 'more'
  if (result.kind === 'wrong') return result.reason
  if (result.kind === 'current') return 'current'
  if (result.kind === 'whole')
    return `whole ${result.serial}: ${Array.from(result.records(), ({ data }) => data.at(-1)).join(' ')}`
  const parts = result.differences.map(({ removed, added }) => {
    return `${removed.map(({ data }) => `-${data.at(-1)}`).join('')}${added.map(({ data }) => `+${data.at(-1)}`).join('')}`
  })
  return `differences ${result.serial}: ${parts.join(' ')}`
}

const rows: readonly (readonly [string, readonly ResourceRecord[], number | undefined, string])[] = [
  ['a whole zone', [soa(7), a(1), a(2), soa(7)], undefined, 'whole 7: 60 1 2'],
  ['a whole zone that was asked for by increments', [soa(7), a(1), soa(7)], 5, 'whole 7: 60 1'],
  ['an empty whole zone', [soa(7), soa(7)], undefined, 'whole 7: 60'],
  ['nothing newer', [soa(7)], 7, 'current'],
  ['something older', [soa(6)], 7, 'current'],
  ['one difference', [soa(8), soa(7), a(1), soa(8), a(2), soa(8)], 7, 'differences 8: -1+2'],
  [
    'two differences',
    [soa(9), soa(7), a(1), soa(8), a(2), soa(8), a(2), soa(9), a(3), a(4), soa(9)],
    7,
    'differences 9: -1+2 -2+3+4',
  ],
  ['a difference of nothing', [soa(8), soa(7), soa(8), soa(8)], 7, 'differences 8: '],
  [
    'differences around the end of numbers',
    [soa(2), soa(0xffff_ffff), soa(2), a(1), soa(2)],
    0xffff_ffff,
    'differences 2: +1',
  ],
  ['no SOA first', [a(1), soa(7)], undefined, 'it does not begin with an SOA'],
  ['an SOA of another zone', [soa(7, 'else.test'), a(1)], undefined, 'an SOA of another zone'],
  ['an SOA below', [soa(7), soa(7, 'sub.live.test')], undefined, 'an SOA of another zone'],
  ['another SOA last', [soa(7), a(1), soa(8)], undefined, 'it ends with another SOA than it began with'],
  ['an end that is missing', [soa(7), a(1)], undefined, 'more'],
  ['differences that lead backwards', [soa(9), soa(7), soa(6), soa(9)], 7, 'differences that lead backwards'],
  ['differences with a gap', [soa(9), soa(7), soa(8), soa(7), soa(9)], 7, 'differences that do not follow one another'],
]

describe('an answer to a transfer', () => {
  for (const [what, records, ownSerial, expected] of rows) {
    test(what, () => {
      for (let each = 1; each <= records.length; each += 1)
        assert.equal(told(taken(records, ownSerial, each)), expected, `${each} in a message`)
    })
  }

  test('with more behind its end', () => {
    assert.equal(told(taken([soa(7), a(1), soa(7), a(2)], undefined)), 'records behind the last SOA')
  })

  test('with another class', () => {
    const chaos = { ...a(1), class: CLASS.CH }
    assert.equal(told(taken([soa(7), chaos, soa(7)], undefined)), 'a record of another class')
  })
})
