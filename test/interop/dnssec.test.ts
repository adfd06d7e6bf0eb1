// Zones signed here, checked by BIND's and ldns' tools; zones signed by those, checked here: every algorithm, NSEC, NSEC3 and opt-out.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Signing } from '../../src/core/zones.ts'
import { Reader } from '../../src/wire/reader.ts'
import { readName } from '../../src/shared/dns/codec/name.ts'
import { CLASS, TYPE, type ResourceRecord } from '../../src/shared/dns/messages.ts'
import { readZoneFile } from '../../src/shared/dns/zone-file/reader.ts'
import { formatZoneFile } from '../../src/shared/dns/zone-file/writer.ts'
import { formatKeyAnchor, signedZone, trustAnchorAt, zoneSigner } from '../../src/shared/dnssec/index.ts'
import { decodeDnskey } from '../../src/shared/dnssec/records.ts'
import { SAMPLE_SIGNING, sampleZone } from '../../src/shared/dnssec/sample-zone.ts'
import { provenSets, type ProvenSets } from '../../src/shared/dnssec/validator/denial-records.ts'
import { setsOf } from '../../src/shared/dnssec/validator/sets.ts'
import type { SecureZone, Work } from '../../src/shared/dnssec/validator/zone-state.ts'
import { verifySet, type ReceivedSet } from '../../src/shared/dnssec/verify.ts'
import { WorkBudget } from '../../src/shared/dnssec/work-budget.ts'
import { newFolder } from './inside.ts'
import { skipWithout } from './portolan.ts'

const skip = skipWithout(
  'dnssec-keygen',
  'dnssec-signzone',
  'dnssec-verify',
  'ldns-keygen',
  'ldns-signzone',
  'ldns-verify-zone',
)
const ZONE = 'harbor.test'
const TEXT = `harbor.test. 3600 IN SOA ns1.harbor.test. hostmaster.harbor.test. 7 3600 600 86400 300
harbor.test. 3600 IN NS ns1.harbor.test.
harbor.test. 3600 IN NS NS2.Harbor.test.
harbor.test. 3600 IN MX 10 Mail.Harbor.test.
harbor.test. 3600 IN TXT "v=spf1 mx -all" "B"
ns1.harbor.test. 3600 IN A 192.0.2.1
ns2.harbor.test. 3600 IN A 192.0.2.2
mail.harbor.test. 3600 IN AAAA 2001:db8::3
*.wild.harbor.test. 60 IN A 192.0.2.6
a.b.c.harbor.test. 60 IN A 192.0.2.4
secure.harbor.test. 3600 IN NS ns.secure.harbor.test.
secure.harbor.test. 3600 IN DS 60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
ns.secure.harbor.test. 3600 IN A 192.0.2.5
insecure.harbor.test. 3600 IN NS ns.insecure.harbor.test.
ns.insecure.harbor.test. 3600 IN A 192.0.2.7
below.deep.harbor.test. 3600 IN NS ns.elsewhere.test.
_sip._tcp.harbor.test. 60 IN SRV 1 2 3 Mail.harbor.test.
old.harbor.test. 60 IN DNAME New.Harbor.test.
naptr.harbor.test. 60 IN NAPTR 1 2 "U" "S" "!A!B!" Next.Harbor.test.
\\000\\255odd.harbor.test. 60 IN TXT "odd"
`

function run(
  folder: string,
  program: string,
  ...words: readonly string[]
): { readonly code: number; readonly text: string } {
  const result = spawnSync(program, words, { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  return { code: result.status ?? -1, text: `${result.stdout}${result.stderr}` }
}

function ran(folder: string, program: string, ...words: readonly string[]): string {
  const { code, text } = run(folder, program, ...words)
  assert.equal(code, 0, `${program}: ${text}`)
  return text
}

const SIGNINGS: Readonly<Record<string, Signing>> = {
  'ECDSA and NSEC': SAMPLE_SIGNING,
  'Ed25519 and NSEC': { ...SAMPLE_SIGNING, algorithm: 15 },
  'NSEC3 as RFC 9276 wishes': { ...SAMPLE_SIGNING, denial: 'nsec3' },
  'NSEC3 with salt and iterations': { ...SAMPLE_SIGNING, denial: 'nsec3', salt: 'aabbccdd', iterations: 12 },
  'NSEC3 with opt-out': { ...SAMPLE_SIGNING, denial: 'nsec3', optOut: true },
}

/** Two files: the zone as it would be transferred, and its keys. */
function signHere(folder: string, signing: Signing, wallMs: number): void {
  const secret = Buffer.alloc(32, 11)
  const zone = signedZone(zoneSigner(secret, ZONE, signing), sampleZone(ZONE, TEXT), new Map())
  writeFileSync(join(folder, 'signed'), [...formatZoneFile(zone.records(zone.at(wallMs)))].join(''))
  writeFileSync(join(folder, 'anchor'), formatKeyAnchor(trustAnchorAt(secret, ZONE, signing, wallMs)))
}

test('zones signed here hold for BIND and ldns', { skip }, async (t) => {
  for (const [title, signing] of Object.entries(SIGNINGS))
    await t.test(title, () => {
      const folder = newFolder()
      signHere(folder, signing, Date.now())
      assert.match(ran(folder, 'dnssec-verify', '-o', ZONE, 'signed'), /Zone fully signed/)
      assert.match(ran(folder, 'ldns-verify-zone', '-k', 'anchor', 'signed'), /Zone is verified and complete/)
    })

  await t.test('through every roll of a year', () => {
    const folder = newFolder()
    const signing: Signing = { ...SAMPLE_SIGNING, zoneKeyMs: 30 * 86_400_000, keyKeyMs: 120 * 86_400_000 }
    const start = Date.UTC(2027, 0, 1)
    for (let day = 0; day < 365; day += 9) {
      const wallMs = start + day * 86_400_000
      signHere(folder, signing, wallMs)
      const time = new Date(wallMs).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')
      assert.match(ran(folder, 'ldns-verify-zone', '-t', time, '-k', 'anchor', 'signed'), /verified and complete/, time)
    }
  })

  await t.test('and not those that are broken on purpose', () => {
    const folder = newFolder()
    for (const broken of ['expired', 'not-yet', 'signature', 'no-signature', 'no-dnskey'] as const) {
      signHere(folder, { ...SAMPLE_SIGNING, broken }, Date.now())
      assert.notEqual(run(folder, 'ldns-verify-zone', '-k', 'anchor', 'signed').code, 0, broken)
    }
  })
})

function recordsIn(folder: string, file: string): readonly ResourceRecord[] {
  const records: ResourceRecord[] = []
  const problems = readZoneFile(
    readFileSync(join(folder, file)),
    { origin: ZONE, path: file },
    {
      record({ owner, ownerBytes, type, ttlSeconds, data, dataBytes }) {
        const name = readName(new Reader(owner, 0, ownerBytes))
        records.push({ name, type, class: CLASS.IN, ttlSeconds, data: new Uint8Array(data.subarray(0, dataBytes)) })
      },
    },
  )
  assert.deepEqual(problems, [])
  return records
}

/** Every set of a signed zone, its keys as they stand there, and all its denial records at once. */
function readSigned(folder: string, file: string): { sets: readonly ReceivedSet[]; zone: SecureZone; work: Work } {
  const sets = setsOf(recordsIn(folder, file))
  const keys = sets.find((set) => set.type === TYPE.DNSKEY)?.data.map(decodeDnskey) ?? []
  const zone: SecureZone = {
    kind: 'secure',
    zone: ZONE,
    keys: keys.filter((key) => key !== undefined),
    ttlSeconds: 60,
  }
  const nowSeconds = Math.floor(Date.now() / 1000)
  const work: Work = { nowSeconds, fetch: assert.fail, budget: new WorkBudget(), acceptSha1: false }
  return { sets, zone, work }
}

const UNSIGNED = /^(ns\.)?(secure|insecure|below\.deep)\.harbor\.test$/

/** What of a zone that others signed does not hold. */
function checkHere(folder: string, file: string, optOut: boolean): void {
  const { sets, zone, work } = readSigned(folder, file)
  assert.ok(sets.length > 25)
  for (const set of sets) {
    if (UNSIGNED.test(set.name) && set.type !== TYPE.DS && set.type !== TYPE.NSEC) continue
    const result = verifySet(set, ZONE, zone.keys, work.nowSeconds, new WorkBudget())
    assert.equal(result.kind, 'signed', result.kind === 'unsigned' ? result.error.text : '')
  }
  checkProofs(provenSets(sets, zone, work), optOut)
}

function checkProofs({ prover, error }: ProvenSets, optOut: boolean): void {
  const absent = optOut ? 'opt-out' : 'proven'
  assert.equal(error, undefined)
  for (const name of ['nothing', 'a.nothing', 'zzz', '_tcp.mail', 'x.b.c'])
    assert.equal(prover.noName(`${name}.${ZONE}`), absent, name)
  for (const name of ['mail', 'c', 'b.c', 'x.wild', 'wild', 'x.old', 'a.secure'])
    assert.equal(prover.noName(`${name}.${ZONE}`), 'unproven', name)
  assert.equal(prover.noName(`a.insecure.${ZONE}`), optOut ? 'opt-out' : 'unproven')
  for (const name of ['mail', 'c', 'b.c', 'wild', '*.wild'])
    assert.equal(prover.noData(`${name}.${ZONE}`, TYPE.MX), 'proven', name)
  // Only an unsigned delegation makes it a name, which opt-out leaves out (RFC 5155 §7.1).
  assert.equal(prover.noData(`deep.${ZONE}`, TYPE.MX), absent)
  assert.equal(prover.noData(`x.wild.${ZONE}`, TYPE.MX), absent)
  assert.equal(prover.noData(ZONE, TYPE.MX), 'unproven')
  assert.equal(prover.wildcardAnswer(`x.wild.${ZONE}`, `wild.${ZONE}`), absent)
  assert.equal(prover.dsAbsence(`insecure.${ZONE}`), optOut ? 'opt-out' : 'cut')
  assert.equal(prover.dsAbsence(`secure.${ZONE}`), 'unproven')
  assert.equal(prover.dsAbsence(`mail.${ZONE}`), 'no-cut')
}

const BIND_DENIALS: Readonly<Record<string, readonly string[]>> = {
  NSEC: [],
  NSEC3: ['-3', '-'],
  'NSEC3 with salt and iterations': ['-3', 'aabbccdd', '-H', '10'],
  'NSEC3 with opt-out': ['-3', '-', '-A'],
}

test("zones that BIND's dnssec-signzone signed hold here", { skip }, async (t) => {
  for (const algorithm of ['RSASHA256', 'RSASHA512', 'ECDSAP256SHA256', 'ECDSAP384SHA384', 'ED25519', 'ED448'])
    await t.test(algorithm, () => {
      const folder = newFolder({ zone: TEXT })
      ran(folder, 'dnssec-keygen', '-q', '-a', algorithm, ...(algorithm.startsWith('RSA') ? ['-b', '2048'] : []), ZONE)
      ran(
        folder,
        'dnssec-keygen',
        '-q',
        '-f',
        'KSK',
        '-a',
        algorithm,
        ...(algorithm.startsWith('RSA') ? ['-b', '2048'] : []),
        ZONE,
      )
      for (const [denial, words] of Object.entries(BIND_DENIALS)) {
        ran(folder, 'dnssec-signzone', '-S', '-x', ...words, '-o', ZONE, '-f', 'signed', 'zone')
        checkHere(folder, 'signed', denial.includes('opt-out'))
      }
    })
})

test('zones that ldns-signzone signed hold here', { skip }, async (t) => {
  for (const words of [[], ['-n', '-s', 'aabb', '-t', '3']])
    await t.test(words.length === 0 ? 'NSEC' : 'NSEC3', () => {
      const folder = newFolder({ zone: TEXT })
      const key = ran(folder, 'ldns-keygen', '-a', 'ECDSAP256SHA256', '-k', ZONE).trim()
      ran(folder, 'ldns-signzone', ...words, '-o', ZONE, '-f', 'signed', 'zone', key)
      checkHere(folder, 'signed', false)
    })
})
