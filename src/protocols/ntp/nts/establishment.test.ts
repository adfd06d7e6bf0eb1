// What a client makes of the answers of a key establishment, and records whole, in pieces and changed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../wire/inbox.ts'
import { answerRecords, exportKeys, readAnswer } from './establishment.ts'
import { algorithmNumbered } from './algorithms.ts'
import { RECORDS } from './messages.ts'
import { encodeRecords, numbersOf, numbersRecord, takeRecord, type Record } from './records.ts'

const SIV = algorithmNumbered(15)
const COOKIE = Uint8Array.of(1, 2, 3)
const next = numbersRecord(RECORDS.nextProtocol, [0])
const algorithm = numbersRecord(RECORDS.algorithm, [15])
const cookie: Record = { critical: false, type: RECORDS.newCookie, body: COOKIE }
const text = (type: number, body: string): Record => ({ critical: true, type, body: new TextEncoder().encode(body) })

test('reads what a server gives', () => {
  assert.ok(SIV !== undefined)
  assert.deepEqual(readAnswer(answerRecords(SIV, [COOKIE, COOKIE], 1123)), {
    algorithm: SIV,
    cookies: [COOKIE, COOKIE],
    server: undefined,
    port: 1123,
  })
  const named = readAnswer([next, algorithm, cookie, text(RECORDS.server, 'Time.Example.')])
  assert.ok(typeof named === 'object')
  assert.deepEqual([named.server, named.port], ['time.example', undefined])
})

test('says why an answer is of no use', () => {
  for (const [records, why] of [
    [[numbersRecord(RECORDS.error, [1])], 'error 1'],
    [[text(RECORDS.error, '')], 'error without a code'],
    [[numbersRecord(RECORDS.warning, [1]), next, algorithm, cookie], 'a warning that is not known'],
    [[algorithm, cookie], 'NTPv4 is not served there'],
    [[numbersRecord(RECORDS.nextProtocol, []), algorithm, cookie], 'NTPv4 is not served there'],
    [[next, cookie], 'no algorithm that both know'],
    [[next, numbersRecord(RECORDS.algorithm, [99]), cookie], 'no algorithm that both know'],
    [[next, numbersRecord(RECORDS.algorithm, [15, 15]), cookie], 'no algorithm that both know'],
    [[next, algorithm], 'no cookies'],
    [[next, algorithm, { ...cookie, body: new Uint8Array(0) }], 'no cookies'],
    [[next, algorithm, cookie, text(1000, 'x')], 'a critical record that is not known'],
  ] as const) {
    assert.equal(readAnswer(records), why)
  }
})

test('records come out as they went in, a piece at a time', () => {
  const records = [next, cookie, numbersRecord(7, [1, 65_535], false), text(0x7fff, 'x')]
  const inbox = new Inbox()
  const got: Record[] = []
  for (const octet of encodeRecords(records)) {
    inbox.push(Uint8Array.of(octet))
    const record = takeRecord(inbox)
    if (record !== undefined) got.push(record)
  }
  assert.deepEqual(got, records)
  assert.deepEqual(numbersOf(numbersRecord(7, [1, 65_535])), [1, 65_535])
  assert.equal(numbersOf({ ...cookie, body: new Uint8Array(3) }), undefined)
})

test('keys are exported with the context of RFC 8915 §5.1', () => {
  assert.ok(SIV !== undefined)
  const asked: string[] = []
  const exportKey = (label: string, context: Uint8Array, length: number) => {
    asked.push(`${label} ${Buffer.from(context).toString('hex')} ${length}`)
    return new Uint8Array(length)
  }
  assert.ok(exportKeys({ version: 'TLSv1.3', cipher: '', exportKey }, SIV) !== undefined)
  assert.deepEqual(asked, [
    'EXPORTER-network-time-security 0000000f00 32',
    'EXPORTER-network-time-security 0000000f01 32',
  ])
  assert.equal(exportKeys({ version: 'TLSv1.3', cipher: '' }, SIV), undefined)
})
