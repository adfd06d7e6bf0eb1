// Signed answers: what they consist of, and that a validator who knows nothing but the root's keys believes each of them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorldView } from '../../core/world-view.ts'
import type { ServedZone, Signing } from '../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { formatRdata } from '../../shared/dns/codec/rdata.ts'
import {
  CLASS,
  RCODE,
  TYPE,
  isMalformed,
  query,
  rcodeName,
  typeName,
  typeNumber,
  type Message,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'
import { openValidator, signedZone, trustAnchorAt, zoneSigner, type Verdict } from '../../shared/dnssec/index.ts'
import { SAMPLE_SIGNING, zoneOf } from '../../shared/dnssec/sample-zone.ts'
import { OpenGate, SimPlane } from '../../sim/index.ts'
import { sampleResponder } from './sample-responder.ts'
import { openWorld, sampleWorld, signedAlike } from './sample-world.ts'

const NSEC: Signing = SAMPLE_SIGNING
const NSEC3: Signing = { ...SAMPLE_SIGNING, denial: 'nsec3', salt: 'ab', iterations: 1 }
const PEER = { ip: '198.51.100.9', port: 5353 }
const DO = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [] }

type Ask = (name: string, type: number) => Message

function signedWorld(world: WorldView, signing: Signing): WorldView {
  return { ...world, served: signedAlike(world.served, signing) }
}

function asker(world: WorldView, plane = new SimPlane()): Ask {
  const io = plane.serviceIo('dns', [], new OpenGate(), () => undefined)
  const { responder, door } = sampleResponder(world, io)
  return (name, type) => {
    const packet = encodeMessage(query(1, { name, type, class: CLASS.IN }, { edns: DO }))
    const answer = responder.answer(packet, PEER, { ...door, transport: 'tcp' })
    const message = decodeMessage(answer ?? new Uint8Array(0))
    assert.ok(!isMalformed(message), JSON.stringify(message))
    return message
  }
}

function verdictOn(ask: Ask, message: Message, signing: Signing, nowMs: number): Verdict {
  const validator = openValidator({ anchors: [trustAnchorAt(sampleWorld.secret, '', signing, nowMs)] })
  const question = message.questions[0] ?? assert.fail('no question')
  let verdict: Verdict | undefined
  validator.validate(
    question,
    message,
    nowMs / 1000,
    (name, type, then) => then(ask(name, type)),
    (result) => {
      verdict = result
    },
  )
  return verdict ?? assert.fail('no verdict')
}

/** The signed type and the signer stand for a signature. */
function lineOf({ name, ttlSeconds, type, data }: ResourceRecord): string {
  const text = formatRdata(type, data)
  if (type !== TYPE.RRSIG) return `${name} ${ttlSeconds} ${typeName(type)} ${text}`
  const [covered = '', , labels, , , , , signer] = text.split(' ')
  return `${name} ${ttlSeconds} RRSIG ${covered} ${labels} ${signer}`
}

interface Row {
  readonly ask: string
  readonly rcode?: number
  readonly answers?: readonly string[]
  readonly authorities?: readonly string[]
}

const SOA = [
  'harbor.test 300 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
  'harbor.test 300 RRSIG SOA 2 harbor.test.',
]
const APEX_TYPES = 'A NS SOA MX TXT RRSIG NSEC DNSKEY CDS CDNSKEY HTTPS CAA'

const ROWS: readonly Row[] = [
  {
    ask: 'www.harbor.test A',
    answers: ['www.harbor.test 300 A 192.0.2.10', 'www.harbor.test 300 RRSIG A 3 harbor.test.'],
  },
  {
    ask: 'www.harbor.test TXT',
    authorities: [
      ...SOA,
      'www.harbor.test 300 NSEC harbor.test. A AAAA RRSIG NSEC',
      'www.harbor.test 300 RRSIG NSEC 3 harbor.test.',
    ],
  },
  {
    ask: 'nothing.harbor.test A',
    rcode: RCODE.NXDOMAIN,
    authorities: [
      ...SOA,
      'mx9.harbor.test 300 NSEC ns.harbor.test. A RRSIG NSEC',
      'mx9.harbor.test 300 RRSIG NSEC 3 harbor.test.',
      `harbor.test 300 NSEC _sip.harbor.test. ${APEX_TYPES}`,
      'harbor.test 300 RRSIG NSEC 2 harbor.test.',
    ],
  },
  {
    ask: 'a.b.wild.harbor.test A',
    answers: ['a.b.wild.harbor.test 300 A 192.0.2.12', 'a.b.wild.harbor.test 300 RRSIG A 3 harbor.test.'],
    authorities: [
      '*.wild.harbor.test 300 NSEC only.wild.harbor.test. A RRSIG NSEC',
      '*.wild.harbor.test 300 RRSIG NSEC 3 harbor.test.',
    ],
  },
  {
    ask: 'www.sub.harbor.test A',
    authorities: [
      'sub.harbor.test 300 NS ns.sub.harbor.test.',
      'sub.harbor.test 300 NS ns.harbor.test.',
      'sub.harbor.test 300 DS 1 13 2 00',
      'sub.harbor.test 300 RRSIG DS 3 harbor.test.',
    ],
  },
  {
    ask: 'www.plain.harbor.test A',
    authorities: [
      'plain.harbor.test 300 NS ns.harbor.test.',
      'plain.harbor.test 300 NSEC round.harbor.test. NS RRSIG NSEC',
      'plain.harbor.test 300 RRSIG NSEC 3 harbor.test.',
    ],
  },
]

describe('what signed answers consist of', () => {
  const ask = asker(signedWorld(sampleWorld, NSEC))
  for (const row of ROWS) {
    test(row.ask, () => {
      const [name = '', type = ''] = row.ask.split(' ')
      const message = ask(name, typeNumber(type) ?? 0)
      assert.equal(message.rcode, row.rcode ?? RCODE.NOERROR)
      assert.deepEqual(message.answers.map(lineOf), row.answers ?? [])
      assert.deepEqual(message.authorities.map(lineOf), row.authorities ?? [])
    })
  }

  test('who does not say DO gets none of it', () => {
    const io = new SimPlane().serviceIo('dns', [], new OpenGate(), () => undefined)
    const { responder, door } = sampleResponder(signedWorld(sampleWorld, NSEC), io)
    for (const name of ['www.harbor.test', 'nothing.harbor.test', 'www.sub.harbor.test']) {
      const plain = encodeMessage(query(1, { name, type: TYPE.A, class: CLASS.IN }))
      const message = decodeMessage(responder.answer(plain, PEER, door) ?? new Uint8Array(0))
      assert.ok(!isMalformed(message))
      const types = new Set([...message.answers, ...message.authorities].map(({ type }) => type))
      for (const type of [TYPE.RRSIG, TYPE.NSEC, TYPE.DS]) assert.ok(!types.has(type), `${name} ${typeName(type)}`)
    }
  })
})

/** Name and type, response code, and whether a validator is to call it anything but secure. */
const BELIEVED: readonly (readonly [string, string, string?])[] = [
  ['www.harbor.test A', 'NOERROR'],
  ['www.harbor.test MX', 'NOERROR'],
  ['harbor.test DNSKEY', 'NOERROR'],
  ['harbor.test CDS', 'NOERROR'],
  ['harbor.test DS', 'NOERROR'],
  ['empty.harbor.test A', 'NOERROR'],
  ['a.b.nothing.harbor.test A', 'NXDOMAIN'],
  ['a.b.wild.harbor.test A', 'NOERROR'],
  ['a.b.wild.harbor.test MX', 'NOERROR'],
  ['a.old.harbor.test A', 'NXDOMAIN'],
  ['web.harbor.test A', 'NOERROR'],
  ['abroad.harbor.test A', 'NOERROR'],
  ['plain.harbor.test DS', 'NOERROR'],
  ['test A', 'NOERROR'],
  ['some.invalid A', 'NXDOMAIN'],
  ['use-application-dns.net A', 'NXDOMAIN'],
  ['99.2.0.192.in-addr.arpa PTR', 'NXDOMAIN'],
  ['203.in-addr.arpa PTR', 'NOERROR'],
  [' NS', 'NOERROR'],
]
const BELIEVED_OPEN: typeof BELIEVED = [
  ...BELIEVED,
  ['nowhere.example A', 'NOERROR'],
  ['nowhere.example MX', 'NOERROR'],
  ['astray.harbor.test A', 'NOERROR'],
  ['7.113.0.203.in-addr.arpa PTR', 'NOERROR'],
  ['7.113.0.203.in-addr.arpa TXT', 'NOERROR'],
  ['9.113.0.203.in-addr.arpa PTR', 'NXDOMAIN'],
]

for (const [title, world, signing, rows] of [
  ['NSEC', sampleWorld, NSEC, BELIEVED],
  ['NSEC3', sampleWorld, NSEC3, BELIEVED],
  ['Ed25519', sampleWorld, { ...NSEC, algorithm: 15 } as const, BELIEVED],
  ['NSEC, names that are made up', openWorld, NSEC, BELIEVED_OPEN],
  ['NSEC3, names that are made up', openWorld, NSEC3, BELIEVED_OPEN],
] as const) {
  describe(`a validator believes: ${title}`, () => {
    const plane = new SimPlane()
    const ask = asker(signedWorld(world, signing), plane)
    for (const [line, rcode] of rows) {
      test(line, () => {
        const [name = '', type = ''] = line.split(' ')
        const message = ask(name, typeNumber(type) ?? 0)
        assert.equal(rcodeName(message.rcode), rcode)
        const { security, error } = verdictOn(ask, message, signing, plane.wallMs())
        assert.equal(security, 'secure', error?.text)
      })
    }
  })
}

test('names that are made up are not denied by what is denied before', () => {
  const ask = asker(signedWorld(openWorld, NSEC))
  const wide = [ask('use-application-dns.net', TYPE.A), ask('9.113.0.203.in-addr.arpa', TYPE.PTR), ask('test', TYPE.A)]
  for (const { name, type, data } of wide.flatMap((message) => message.authorities)) {
    if (type !== TYPE.NSEC) continue
    const next = formatRdata(type, data).split(' ')[0] ?? ''
    assert.match(`${name} ${next}`, /\\255.* |\\000/, 'nothing that anybody asks for lies between')
  }
})

describe('keys and times', () => {
  test('answers are made anew before half of their signatures is over, and believed at any time', () => {
    const plane = new SimPlane()
    const ask = asker(signedWorld(sampleWorld, NSEC), plane)
    const inceptions = new Set<string>()
    for (let day = 0; day < 400; day += 5) {
      const message = ask('www.harbor.test', TYPE.A)
      const { security, error } = verdictOn(ask, message, NSEC, plane.wallMs())
      assert.equal(security, 'secure', `day ${day}: ${error?.text}`)
      inceptions.add(lineAt(message, TYPE.RRSIG))
      plane.advance(5 * 86_400_000)
    }
    assert.ok(inceptions.size > 50, `${inceptions.size} signatures`)
  })

  test('a server that is told to err signs in the past', () => {
    const plane = new SimPlane()
    const world = signedWorld(sampleWorld, NSEC)
    assert.deepEqual(verdictOnExpired(world, plane), ['bogus', 7])
  })

  test('what is signed elsewhere is then given with times in the past', () => {
    const plane = new SimPlane()
    const made = signedWorld(sampleWorld, NSEC)
    const held = { ...made, served: made.served.map((served) => withRecords(served, NSEC, plane.wallMs())) }
    assert.deepEqual(verdictOnExpired(held, plane), ['bogus', 7])
  })
})

function verdictOnExpired(world: WorldView, plane: SimPlane): readonly unknown[] {
  const io = plane.serviceIo('dns', [], new OpenGate(), () => undefined)
  const { responder } = sampleResponder(world, io)
  const packet = encodeMessage(query(1, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }, { edns: DO }))
  const message = decodeMessage(responder.expired(packet, io) ?? new Uint8Array(0))
  assert.ok(!isMalformed(message))
  const { security, error } = verdictOn(asker(world, plane), message, NSEC, plane.wallMs())
  return [security, error?.code]
}

function lineAt(message: Message, type: number): string {
  const record = message.answers.find((one) => one.type === type) ?? assert.fail('no such record')
  return formatRdata(record.type, record.data)
}

describe('zones that hold their signatures', () => {
  for (const signing of [NSEC, NSEC3]) {
    test(`are served as they are: ${signing.denial}`, () => {
      const plane = new SimPlane()
      const made = signedWorld(sampleWorld, signing)
      const held = { ...made, served: made.served.map((served) => withRecords(served, signing, plane.wallMs())) }
      const [fromKeys, fromRecords] = [asker(made, plane), asker(held, plane)]
      for (const [line, rcode] of BELIEVED) {
        const [name = '', type = ''] = line.split(' ')
        // Where nothing is made up, gaps are denied whole.
        const message = fromRecords(name, typeNumber(type) ?? 0)
        if (name.endsWith('arpa') || name === 'test') continue
        assert.equal(rcodeName(message.rcode), rcode, line)
        const { security, error } = verdictOn(fromRecords, message, signing, plane.wallMs())
        assert.equal(security, 'secure', `${line}: ${error?.text}`)
        assert.equal(fromKeys(name, typeNumber(type) ?? 0).rcode, message.rcode)
      }
    })
  }
})

test('a zone that holds its signatures makes nothing up, since it could not sign it', () => {
  const plane = new SimPlane()
  const made = signedWorld(openWorld, NSEC)
  const held = { ...made, served: made.served.map((served) => withRecords(served, NSEC, plane.wallMs())) }
  const ask = asker(held, plane)
  const message = ask('nowhere.example', TYPE.A)
  assert.equal(message.rcode, RCODE.NXDOMAIN)
  assert.equal(verdictOn(ask, message, NSEC, plane.wallMs()).security, 'secure')
})

function withRecords(served: ServedZone, signing: Signing, wallMs: number): ServedZone {
  const version = served.zone.current ?? assert.fail('nothing there')
  const signed = signedZone(zoneSigner(sampleWorld.secret, version.apex, signing), version, served.signedBelow)
  const current = zoneOf(version.apex, [...signed.records(signed.at(wallMs))])
  return { ...served, zone: { ...served.zone, current }, signing: undefined, signedBelow: new Map() }
}
