// A small world from its trust anchor: every way to be secure, insecure and bogus.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signing } from '../../../core/zones.ts'
import { TYPE, typeNumber, type Message } from '../../dns/messages.ts'
import { SAMPLE_SIGNING } from '../sample-zone.ts'
import { Trial } from './trial.ts'
import { EXTENDED_ERROR } from './types.ts'

const KINDS: readonly (readonly [string, Signing])[] = [
  ['NSEC', SAMPLE_SIGNING],
  ['NSEC3', { ...SAMPLE_SIGNING, denial: 'nsec3', salt: 'aabb', iterations: 5 }],
  ['Ed25519 and NSEC3', { ...SAMPLE_SIGNING, algorithm: 15, denial: 'nsec3' }],
]

const SECURE: readonly (readonly [string, string])[] = [
  ['www.harbor.test', 'A'],
  ['WWW.Harbor.TEST', 'A'],
  ['harbor.test', 'MX'],
  ['harbor.test', 'DNSKEY'],
  ['harbor.test', 'DS'],
  ['harbor.test', 'SOA'],
  ['', 'NS'],
  ['alias.harbor.test', 'A'],
  ['alias.harbor.test', 'CNAME'],
  ['x.old.harbor.test', 'A'],
  ['y.old.harbor.test', 'A'],
  ['old.harbor.test', 'DNAME'],
  ['lost.harbor.test', 'A'],
  ['nowhere.harbor.test', 'A'],
  ['a.b.nowhere.harbor.test', 'A'],
  ['www.harbor.test', 'TXT'],
  ['harbor.test', 'TXT'],
  ['c.harbor.test', 'A'],
  ['b.c.harbor.test', 'A'],
  ['z.c.harbor.test', 'A'],
  ['x.wild.harbor.test', 'A'],
  ['x.y.wild.harbor.test', 'A'],
  ['x.wild.harbor.test', 'TXT'],
  ['*.wild.harbor.test', 'A'],
  ['wild.harbor.test', 'A'],
  ['x.odd.harbor.test', 'A'],
  ['plain.test', 'DS'],
  ['nothing', 'A'],
  ['nothing.test', 'DS'],
  ['empty.test', 'A'],
]

for (const [title, signing] of KINDS)
  describe(title, () => {
    for (const [name, type] of SECURE)
      test(`${name} ${type} is secure`, () => {
        const trial = new Trial(signing)
        const verdict = trial.ask(name.toLowerCase(), type)
        assert.equal(verdict.security, 'secure', verdict.error?.text)
        assert.equal(verdict.error, undefined)
        assert.ok(verdict.ttlSeconds > 0)
      })

    test('what lies below an unsigned delegation is insecure, whether it is there or not', () => {
      const trial = new Trial(signing)
      for (const name of ['www.plain.test', 'nothing.plain.test', 'plain.test'])
        assert.equal(trial.ask(name, 'A').security, 'insecure')
      const far = trial.ask('far.harbor.test', 'A')
      assert.deepEqual([far.security, far.rest], ['secure', 'other.plain.test'])
    })

    test('no record of an answer can be left out or changed', () => {
      for (const [name, type] of SECURE) {
        const given = new Trial(signing).servers.ask(name.toLowerCase(), typeNumber(type) ?? 0)
        for (const [section, at] of placesIn(given)) {
          if (section === 'authorities' && isIdle(given, at)) continue
          const changed = without(given, section, at)
          const verdict = new Trial(signing).judge(name.toLowerCase(), type, changed)
          if (isHarmless(given, section, at)) continue
          const whole = verdict.security === 'secure' && verdict.rest === undefined
          assert.ok(!whole, `${name} ${type} without ${section} ${at}`)
        }
      }
    })
  })

describe('whatever bit of an answer is flipped', () => {
  const CASES: readonly (readonly [string, string])[] = [
    ['harbor.test', 'MX'],
    ['nothing.harbor.test', 'A'],
    ['x.wild.harbor.test', 'A'],
    ['y.old.harbor.test', 'A'],
  ]
  for (const [title, signing] of KINDS)
    test(`nothing else is secure, ${title}`, () => {
      const trial = new Trial(signing)
      for (const [name, type] of CASES) {
        const given = trial.servers.ask(name, typeNumber(type) ?? 0)
        for (const [section, at] of placesIn(given))
          for (let bit = 0; bit < (given[section][at]?.data.length ?? 0) * 8; bit += 29) {
            const verdict = trial.judge(name, type, flipped(given, section, at, bit))
            if (verdict.security === 'secure')
              assert.ok(isFolded(given, section, at, bit), `${name} ${section} ${at} ${bit}`)
          }
      }
    })
})

function flipped(message: Message, section: Section, at: number, bit: number): Message {
  return {
    ...message,
    [section]: message[section].map((record, place) =>
      place === at ? Object.assign({}, record, { data: flippedData(record.data, bit) }) : record,
    ),
  }
}

function flippedData(data: Uint8Array, bit: number): Uint8Array {
  return data.map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))
}

/** The case of a letter in a name is not signed (RFC 4034 §6.2), nor what a proof holds that is not needed for it. */
function isFolded(message: Message, section: Section, at: number, bit: number): boolean {
  const record = message[section][at]
  const byte = record?.data[bit >> 3] ?? 0
  return (bit & 7) === 2 && /[a-z]/i.test(String.fromCharCode(byte)) && record?.type !== TYPE.RRSIG
}

type Section = 'answers' | 'authorities'

function placesIn(message: Message): readonly (readonly [Section, number])[] {
  return [
    ...message.answers.map((_, at) => ['answers', at] as const),
    ...message.authorities.map((_, at) => ['authorities', at] as const),
  ]
}

function without(message: Message, section: Section, at: number): Message {
  return { ...message, [section]: message[section].filter((_, place) => place !== at) }
}

/** A second signature of a set, a set that comes whole by its own, or a link that the others do not need. */
function isHarmless(message: Message, section: Section, at: number): boolean {
  const record = message[section][at]
  if (record === undefined) return true
  if (record.type === TYPE.RRSIG)
    return message[section].some(
      (other, place) =>
        place !== at &&
        other.type === TYPE.RRSIG &&
        other.name === record.name &&
        covered(other.data) === covered(record.data),
    )
  return (
    record.type === TYPE.SOA ||
    (record.type === TYPE.CNAME && message.answers.some((other) => other.type === TYPE.DNAME))
  )
}

function covered(rrsig: Uint8Array): number {
  return Buffer.from(rrsig).readUInt16BE(0)
}

/** Records whose absence changes nothing: the SOA is for caches. */
function isIdle(message: Message, at: number): boolean {
  return message.authorities[at]?.type === TYPE.SOA
}

const BROKEN: readonly (readonly [NonNullable<Signing['broken']>, number])[] = [
  ['expired', EXTENDED_ERROR.EXPIRED],
  ['not-yet', EXTENDED_ERROR.NOT_YET_VALID],
  ['signature', EXTENDED_ERROR.BOGUS],
  ['no-signature', EXTENDED_ERROR.RRSIGS_MISSING],
  ['wrong-ds', EXTENDED_ERROR.DNSKEY_MISSING],
  ['no-dnskey', EXTENDED_ERROR.DNSKEY_MISSING],
]

describe('a zone that is broken on purpose', () => {
  for (const [broken, code] of BROKEN)
    test(`${broken} is bogus, and says why`, () => {
      for (const [, signing] of KINDS)
        for (const name of ['www.harbor.test', 'nothing.harbor.test', 'x.wild.harbor.test']) {
          const verdict = new Trial(signing, { broken }).ask(name, 'A')
          assert.equal(verdict.security, 'bogus', name)
          assert.equal(verdict.error?.code, code, verdict.error?.text)
          assert.equal(verdict.ttlSeconds, 0)
        }
    })
})
