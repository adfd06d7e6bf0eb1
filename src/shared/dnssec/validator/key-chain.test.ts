// The chain of trust: what it asks for, what it remembers and for how long, where it ends.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signing } from '../../../core/zones.ts'
import { CLASS, RCODE, TYPE, query, type Message } from '../../dns/messages.ts'
import { encodeDs, decodeDs } from '../records.ts'
import { SAMPLE_SIGNING } from '../sample-zone.ts'
import { TRIAL_MS, Trial } from './trial.ts'
import { EXTENDED_ERROR, type Verdict } from './types.ts'
import { openValidator } from './validator.ts'

const OPT_OUT: Signing = { ...SAMPLE_SIGNING, denial: 'nsec3', optOut: true }
const HOUR = 3_600_000

test('each zone is asked for once, and again when what it said has run out', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  trial.ask('www.harbor.test', 'A')
  const first = [...trial.servers.asked]
  assert.deepEqual(first, ['www.harbor.test 1', ' 48', 'test 43', 'test 48', 'harbor.test 43', 'harbor.test 48'])
  trial.ask('ns.harbor.test', 'A')
  trial.ask('harbor.test', 'MX')
  assert.equal(trial.servers.asked.length, first.length + 2)
  trial.wallMs += HOUR
  assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
  assert.equal(trial.servers.asked.length, first.length * 2 + 2)
  trial.validator.forget('harbor.test')
  trial.ask('www.harbor.test', 'A')
  assert.equal(trial.servers.asked.length, first.length * 2 + 2 + 3)
})

test('a clock that is set back asks anew', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  trial.ask('www.harbor.test', 'A')
  const before = trial.servers.asked.length
  trial.wallMs -= HOUR
  assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
  assert.equal(trial.servers.asked.length, before * 2)
})

test('keys are rolled under a validator that goes on', () => {
  const signing: Signing = { ...SAMPLE_SIGNING, zoneKeyMs: 5 * HOUR, keyKeyMs: 12 * HOUR, validityMs: 3 * HOUR }
  const trial = new Trial(signing)
  // The anchor names the next key too: it lasts until the roll after that one.
  for (; trial.wallMs < TRIAL_MS + 12 * HOUR; trial.wallMs += HOUR / 7) {
    const verdict = trial.ask('www.harbor.test', 'A')
    assert.equal(verdict.security, 'secure', `${new Date(trial.wallMs).toISOString()} ${verdict.error?.text}`)
  }
})

test('many who wait for one key wait for one look-up', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  const held: (() => void)[] = []
  trial.fetch = (name, type, then) => held.push(() => then(trial.servers.ask(name, type)))
  const verdicts: Verdict[] = []
  for (const name of ['www.harbor.test', 'ns.harbor.test', 'alias.harbor.test'])
    trial.begin(name, 'A', trial.servers.ask(name, TYPE.A), (verdict) => verdicts.push(verdict))
  while (held.length > 0) {
    assert.equal(held.length, 1)
    held.shift()?.()
  }
  assert.deepEqual(
    verdicts.map((verdict) => verdict.security),
    ['secure', 'secure', 'secure'],
  )
  assert.equal(trial.servers.asked.length, 3 + 5)
})

function saidAs(rcode: number): (message: Message) => Message {
  return (message) => ({ ...message, rcode })
}

describe('where the chain ends', () => {
  test('no anchor above: indeterminate', () => {
    const trial = new Trial(SAMPLE_SIGNING, {}, { anchors: [] })
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'indeterminate')
    assert.equal(trial.validator.covers('www.harbor.test'), false)
  })

  test('a negative anchor above: insecure, even what is bogus', () => {
    const trial = new Trial(SAMPLE_SIGNING, { broken: 'expired' }, { negativeAnchors: ['harbor.test'] })
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'insecure')
    assert.equal(trial.validator.covers('www.harbor.test'), false)
    assert.equal(trial.validator.covers('other.test'), true)
    assert.equal(trial.ask('nothing.test', 'A').security, 'secure')
  })

  test('what has opted out: insecure', () => {
    const trial = new Trial(OPT_OUT)
    assert.equal(trial.ask('www.plain.test', 'A').security, 'insecure')
    assert.equal(trial.ask('nothing.test', 'A').security, 'insecure')
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
    assert.equal(trial.ask('www.harbor.test', 'MX').security, 'secure')
  })

  test('too many iterations: insecure, and it says so', () => {
    const trial = new Trial(SAMPLE_SIGNING, { denial: 'nsec3', iterations: 151 })
    const verdict = trial.ask('nothing.harbor.test', 'A')
    assert.equal(verdict.security, 'insecure')
    assert.equal(verdict.error?.code, EXTENDED_ERROR.UNSUPPORTED_NSEC3_ITERATIONS)
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
  })

  test('no answer for a key: bogus, but not for long', () => {
    const trial = new Trial(SAMPLE_SIGNING)
    const { fetch } = trial
    trial.fetch = (_name, _type, then) => then(undefined)
    assert.equal(trial.ask('www.harbor.test', 'A').error?.code, EXTENDED_ERROR.DNSKEY_MISSING)
    trial.fetch = fetch
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
  })

  test('a bogus zone is asked for again after a minute', () => {
    const trial = new Trial(SAMPLE_SIGNING)
    const { fetch } = trial
    trial.fetch = (name, type, then) =>
      fetch(name, type, (message) => then(type === TYPE.DS ? empty(message) : message))
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'bogus')
    trial.fetch = fetch
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'bogus')
    trial.wallMs += 60_000
    assert.equal(trial.ask('www.harbor.test', 'A').security, 'secure')
  })

  test('a response that is no answer: indeterminate', () => {
    assert.equal(
      new Trial(SAMPLE_SIGNING).ask('www.harbor.test', 'A', saidAs(RCODE.SERVFAIL)).security,
      'indeterminate',
    )
  })
})

function empty(message: Message | undefined): Message | undefined {
  return message && { ...message, answers: [], authorities: [] }
}

const anchoredBy = (change: { algorithm?: number; digestType?: number }): Verdict => {
  const trial = new Trial(SAMPLE_SIGNING)
  const right = trial.servers.ask('harbor.test', TYPE.DS).answers[0]?.data ?? new Uint8Array(0)
  const ds = decodeDs(right)
  assert.ok(ds !== undefined)
  const validator = openValidator({
    anchors: [{ zone: 'harbor.test', ds: [encodeDs({ ...ds, ...change })], keys: [] }],
  })
  const question = { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }
  const found: Verdict[] = []
  const message = trial.servers.ask('www.harbor.test', TYPE.A)
  validator.validate(question, message, TRIAL_MS / 1000, trial.fetch, (verdict) => void found.push(verdict))
  assert.ok(found[0] !== undefined)
  return found[0]
}

describe('DS records that nobody here can use', () => {
  test('of an island with a good one: secure', () => assert.equal(anchoredBy({}).security, 'secure'))

  test('an unknown algorithm: insecure', () => {
    const verdict = anchoredBy({ algorithm: 250 })
    assert.deepEqual([verdict.security, verdict.error?.code], ['insecure', EXTENDED_ERROR.UNSUPPORTED_ALGORITHM])
  })

  test('an unknown digest: insecure', () => {
    const verdict = anchoredBy({ digestType: 250 })
    assert.deepEqual([verdict.security, verdict.error?.code], ['insecure', EXTENDED_ERROR.UNSUPPORTED_DIGEST])
  })

  test('a known algorithm that the key has not: bogus', () =>
    assert.equal(anchoredBy({ algorithm: 15 }).security, 'bogus'))
})

const secure = (name: string, type: string, change: (message: Message) => Message): string =>
  new Trial(SAMPLE_SIGNING).ask(name, type, change).security

const strip = (message: Message): Message => ({
  ...message,
  answers: message.answers.filter((record) => record.type !== TYPE.RRSIG),
})

const bend = (message: Message): Message => ({
  ...message,
  answers: message.answers.map((record) =>
    record.type === TYPE.CNAME ? Object.assign({}, record, { name: 'q.old.harbor.test' }) : record,
  ),
})

describe('forgeries', () => {
  test('an unsigned answer in a signed zone', () => {
    assert.equal(secure('www.harbor.test', 'A', strip), 'bogus')
  })

  test('a denial of the zone above for a name in a signed one below', () => {
    const trial = new Trial(SAMPLE_SIGNING)
    const above = trial.servers.ask('harbor.test', TYPE.DS)
    const nsec = trial.servers.ask('plain.test', TYPE.DS)
    const question = { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }
    const forged = query(1, question, {
      authorities: [...above.authorities, ...nsec.authorities],
      rcode: RCODE.NXDOMAIN,
    })
    assert.equal(trial.judge('www.harbor.test', 'A', forged).security, 'bogus')
    assert.equal(trial.judge('www.harbor.test', 'A', { ...forged, rcode: RCODE.NOERROR }).security, 'bogus')
  })

  test('an answer that a wildcard made for a name that exists', () => {
    const trial = new Trial(SAMPLE_SIGNING)
    const made = trial.servers.ask('x.wild.harbor.test', TYPE.A)
    const forged = {
      ...made,
      answers: made.answers.map((record) => Object.assign({}, record, { name: 'wild.harbor.test' })),
    }
    assert.equal(trial.judge('wild.harbor.test', 'A', forged).security, 'bogus')
  })

  test('a CNAME that no DNAME made', () => {
    assert.equal(secure('x.old.harbor.test', 'A', bend), 'bogus')
  })

  test('a name error said as no data, and no data as a name error', () => {
    assert.equal(secure('nothing.harbor.test', 'A', saidAs(RCODE.NOERROR)), 'bogus')
    assert.equal(secure('www.harbor.test', 'TXT', saidAs(RCODE.NXDOMAIN)), 'bogus')
  })
})

test('below a name that is not there nothing is looked up', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  const name = 'a.b.c.nothing.test'
  const record = { name, type: TYPE.A, class: CLASS.IN, ttlSeconds: 60, data: Buffer.from([192, 0, 2, 1]) }
  const question = { name, type: TYPE.A, class: CLASS.IN }
  assert.equal(trial.judge(name, 'A', query(1, question, { answers: [record] })).security, 'bogus')
  assert.deepEqual(trial.servers.asked, [' 48', 'test 43', 'test 48', 'nothing.test 43'])
})

test('DS records without a signature are not those of an unsigned zone', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  const { data } = trial.servers.ask('harbor.test', TYPE.DS).answers[0] ?? { data: new Uint8Array(0) }
  const record = { name: 'plain.test', type: TYPE.DS, class: CLASS.IN, ttlSeconds: 60, data }
  const question = { name: 'plain.test', type: TYPE.DS, class: CLASS.IN }
  assert.equal(trial.judge('plain.test', 'DS', query(1, question, { answers: [record] })).security, 'bogus')
})

test('DS records that a wildcard made delegate nothing', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  const name = 'www.x.wild.harbor.test'
  const record = { name, type: TYPE.A, class: CLASS.IN, ttlSeconds: 60, data: Buffer.from([192, 0, 2, 1]) }
  const question = { name, type: TYPE.A, class: CLASS.IN }
  const verdict = trial.judge(name, 'A', query(1, question, { answers: [record] }))
  assert.equal(verdict.security, 'bogus')
  assert.match(verdict.error?.text ?? '', /was made of a wildcard/)
})

test('look-ups for one answer are bounded', () => {
  const trial = new Trial(SAMPLE_SIGNING)
  let asked = 0
  const { fetch } = trial
  trial.fetch = (name, type, then) => {
    asked += 1
    fetch(name, type, then)
  }
  const deep = `${'a.'.repeat(110)}c.harbor.test`
  const question = { name: deep, type: TYPE.A, class: CLASS.IN }
  const record = { name: deep, type: TYPE.A, class: CLASS.IN, ttlSeconds: 60, data: Buffer.from([192, 0, 2, 1]) }
  assert.equal(trial.judge(deep, 'A', query(1, question, { answers: [record] })).security, 'bogus')
  assert.ok(asked <= 96, `${asked} look-ups`)
})
