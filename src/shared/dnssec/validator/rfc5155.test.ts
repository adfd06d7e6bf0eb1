// The responses of RFC 5155 appendix B, from the keys of its zone: every proof that NSEC3 knows, opt-out included.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CLASS, RCODE, query, typeNumber, type Message } from '../../dns/messages.ts'
import { sampleData, sampleRecords } from '../sample-sets.ts'
import type { Security } from './types.ts'
import { openValidator } from './validator.ts'

const NOW_SECONDS = 1_200_000_000
const END = '7 2 3600 20150420235959 20051021000000 40430 example.'
const ZONE_KEY = '256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE='
const KEY_KEY = '257 3 7 AwEAAcUlFV1vhmqx6NSOUOq2R/dsR7Xm3upJj7IommWSpJABVfW8Q0rOvXdM6kzt+TAu92L9AbsUdblMFin8CVF3n4s='
const DNSKEY = `example. 3600 DNSKEY ${ZONE_KEY}
  example. 3600 DNSKEY ${KEY_KEY}
  example. 3600 RRSIG DNSKEY 7 1 3600 20150420235959 20051021000000 12708 example. AuU4juU9RaxescSmStrQks3Gh9FblGBlVU31uzMZ/U/FpsUb8aC6QZS+sTsJXnLnz7flGOsmMGQZf3bH+QsCtg==`
const SOA = `example. 3600 SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600
  example. 3600 RRSIG SOA 7 1 3600 20150420235959 20051021000000 40430 example. Hu25UIyNPmvPIVBrldN+9Mlp9Zql39qaUd8iq4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKusbZsT0Q==`

const nsec3 = (owner: string, flags: number, rest: string, signature: string): string =>
  `${owner}.example. 3600 NSEC3 1 ${flags} 12 aabbccdd ${rest}
  ${owner}.example. 3600 RRSIG NSEC3 ${END} ${signature}`

const APEX = nsec3(
  '0p9mhaveqvm6t7vbl5lop2u3t2rp3tom',
  1,
  '2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM',
  'OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0bMJPwQ4mLIuw85H2EY762BOCXJZMnpuwhpA==',
)
const B4 = nsec3(
  'b4um86eghhds6nea196smvmlo4ors995',
  1,
  'gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG',
  'ZkPG3M32lmoHM6pa3D6gZFGB/rhL//Bs3Omh5u4m/CUiwtblEVOaAKKZd7S959OeiX43aLX3pOv0TSTyiTxIZg==',
)
const A35 = nsec3(
  '35mthgpgcu1qg68fab165klnsnk3dpvl',
  1,
  'b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG',
  'g6jPUUpduAJKRljUsN8gB4UagAX0NxY9shwQAynzo8EUWH+z6hEIBlUTPGj15eZll6VhQqgZXtAIR3chwgW+SA==',
)
const NS1 = nsec3(
  '2t7b4g4vsa5smi47k61mv5bv1a22bojr',
  1,
  '2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG',
  'OmBvJ1Vgg1hCKMXHFiNeIYHK9XVW0iLDLwJN4TFoNxZuP03gAXEI634YwOc4YBNITrj413iqNI6mRk/r1dOSUw==',
)
const Y_W = nsec3(
  'ji6neoaepv8b5o6k4ev33abha8ht9fgc',
  1,
  'k8udemvp1j2f7eg6jebps17vp3n8i58h',
  'gPkFp1s2QDQ6wQzcg1uSebZ61W33rUBDcTj72F3kQ490fEdp7k1BUIfbcZtPbX3YCpE+sIt0MpzVSKfTwx4uYA==',
)
const W = nsec3(
  'k8udemvp1j2f7eg6jebps17vp3n8i58h',
  1,
  'kohar7mbb8dc2ce8a9qvl8hon4k53uhi',
  'FtXGbvF0+wf8iWkyo73enAuVx03klN+pILBKS6qCcftVtfH4yVzsEZquJ27NHR7ruxJWDNMtOtx7w9WfcIg62A==',
)
const NS2 = nsec3(
  'q04jkcevqvmu85r014c7dkba38o0ji5r',
  1,
  'r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG',
  'hV5I89b+4FHJDATp09g4bbN0R1F845CaXpL3ZxlMKimoPAyqletMlEWwLfFia7sdpSzn+ZlNNlkxWcLsIlMmUg==',
)
const WILD_W = nsec3(
  'r53bq7cc2uvmubfu5ocmm6pers9tk9en',
  1,
  't644ebqk9bibcna874givr6joj62mlhv MX RRSIG',
  'aupviViruXs4bDg9rCbezzBMf9h1ZlDvbW/CZFKulIGXXLj8B/fsDJarXVDA9bnUoRhEbKp+HF1FWKW7RIJdtQ==',
)
const MX = `a.z.w.example. 3600 MX 1 ai.example.
  a.z.w.example. 3600 RRSIG MX ${END} CikebjQwGQPwijVcxgcZcSJKtfynugtlBiKb9FcBTrmOoyQ4InoWVudhCWsh/URX3lc4WRUMivEBP6+4KS3ldA==`

interface Example {
  readonly title: string
  readonly name: string
  readonly type: string
  readonly rcode?: number
  readonly answers?: string
  readonly authorities: readonly string[]
  readonly expected: Security
}

const EXAMPLES: readonly Example[] = [
  {
    // The next closer name is covered by a record with opt-out: nothing better than insecure (RFC 5155 §9.2).
    title: 'B.1 name error',
    name: 'a.c.x.w.example',
    type: 'A',
    rcode: RCODE.NXDOMAIN,
    authorities: [SOA, APEX, B4, A35],
    expected: 'insecure',
  },
  { title: 'B.2 no data', name: 'ns1.example', type: 'MX', authorities: [SOA, NS1], expected: 'secure' },
  { title: 'B.2.1 empty non-terminal', name: 'y.w.example', type: 'A', authorities: [SOA, Y_W], expected: 'secure' },
  {
    title: 'B.3 opt-out delegation',
    name: 'c.example',
    type: 'DS',
    authorities: [SOA, A35, APEX],
    expected: 'insecure',
  },
  { title: 'B.4 wildcard', name: 'a.z.w.example', type: 'MX', answers: MX, authorities: [NS2], expected: 'insecure' },
  {
    title: 'B.5 wildcard no data',
    name: 'a.z.w.example',
    type: 'AAAA',
    authorities: [SOA, W, NS2, WILD_W],
    expected: 'insecure',
  },
]

function fetchKeys(name: string, type: number, then: (found: Message | undefined) => void): void {
  const answers = sampleRecords(DNSKEY)
  then(name === 'example' ? query(1, { name, type, class: CLASS.IN }, { answers }) : undefined)
}

function judge(example: Example, authorities: readonly string[]): { security: Security; text: string } {
  const anchor = { zone: 'example', ds: [], keys: [sampleData('DNSKEY', KEY_KEY)] }
  const validator = openValidator({ anchors: [anchor], acceptSha1: true })
  const question = { name: example.name, type: typeNumber(example.type) ?? 0, class: CLASS.IN }
  const response = query(1, question, {
    rcode: example.rcode ?? RCODE.NOERROR,
    answers: sampleRecords(example.answers ?? ''),
    authorities: authorities.flatMap((text) => sampleRecords(text)),
  })
  let found: { security: Security; text: string } | undefined
  validator.validate(question, response, NOW_SECONDS, fetchKeys, ({ security, error }) => {
    found = { security, text: error?.text ?? '' }
  })
  assert.ok(found !== undefined)
  return found
}

describe('RFC 5155 appendix B', () => {
  for (const example of EXAMPLES)
    test(example.title, () => {
      const { security, text } = judge(example, example.authorities)
      assert.equal(security, example.expected, text)
      for (const left of example.authorities) {
        // Without the wildcard's record an unsigned delegation may stand there: insecure as well.
        if (left === SOA || left === WILD_W) continue
        const without = example.authorities.filter((each) => each !== left)
        assert.equal(judge(example, without).security, 'bogus', 'a record of the proof is missing')
      }
    })

  test('by default such a zone is not validated at all (RFC 9905 §2)', () => {
    const anchor = { zone: 'example', ds: [], keys: [sampleData('DNSKEY', KEY_KEY)] }
    const validator = openValidator({ anchors: [anchor] })
    const question = { name: 'ns1.example', type: 15, class: CLASS.IN }
    validator.validate(question, query(1, question), NOW_SECONDS, assert.fail, (verdict) => {
      assert.equal(verdict.security, 'insecure')
    })
  })
})
