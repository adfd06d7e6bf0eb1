// What the RFCs show: signatures of every algorithm, digests, hashes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatBase32hex } from '../dns/codec/base32hex.ts'
import { keyDigest } from './anchors.ts'
import { nsec3Hash } from './nsec3-hash.ts'
import { sampleKey, sampleSet } from './sample-sets.ts'
import { verifySet, type ReceivedSet } from './verify.ts'
import { WorkBudget } from './work-budget.ts'

interface Vector {
  readonly title: string
  readonly zone: string
  readonly key: string
  readonly tag: number
  readonly nowSeconds: number
  readonly record: string
  readonly rrsig: string
}

const RFC_5702_TIMES = '3 3600 20300101000000 20000101000000'
const VECTORS: readonly Vector[] = [
  {
    title: 'RFC 5702 §6.1, RSA/SHA-256',
    zone: 'example.net',
    key: '256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=',
    tag: 9033,
    nowSeconds: 1_600_000_000,
    record: 'www.example.net. 3600 A 192.0.2.91',
    rrsig: `A 8 ${RFC_5702_TIMES} 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==`,
  },
  {
    title: 'RFC 5702 §6.2, RSA/SHA-512',
    zone: 'example.net',
    key: '256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL',
    tag: 3740,
    nowSeconds: 1_600_000_000,
    record: 'www.example.net. 3600 A 192.0.2.91',
    rrsig: `A 10 ${RFC_5702_TIMES} 3740 example.net. tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=`,
  },
  {
    title: 'RFC 6605 §6.1, ECDSA P-256',
    zone: 'example.net',
    key: '257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==',
    tag: 55_648,
    nowSeconds: 1_283_000_000,
    record: 'www.example.net. 3600 A 192.0.2.1',
    rrsig:
      'A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==',
  },
  {
    title: 'RFC 6605 §6.2, ECDSA P-384',
    zone: 'example.net',
    key: '257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40',
    tag: 10_771,
    nowSeconds: 1_283_000_000,
    record: 'www.example.net. 3600 A 192.0.2.1',
    rrsig:
      'A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm',
  },
  {
    title: 'RFC 8080 §6.1 with erratum 4935, Ed25519',
    zone: 'example.com',
    key: '257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=',
    tag: 3613,
    nowSeconds: 1_439_000_000,
    record: 'example.com. 3600 MX 10 mail.example.com.',
    rrsig:
      'MX 15 2 3600 1440021600 1438207200 3613 example.com. oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
  },
  {
    title: 'RFC 8080 §6.1 with erratum 4935, the second key',
    zone: 'example.com',
    key: '257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=',
    tag: 35_217,
    nowSeconds: 1_439_000_000,
    record: 'example.com. 3600 MX 10 mail.example.com.',
    rrsig:
      'MX 15 2 3600 1440021600 1438207200 35217 example.com. zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==',
  },
  {
    title: 'RFC 8080 §6.2 with erratum 4935, Ed448',
    zone: 'example.com',
    key: '257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA',
    tag: 9713,
    nowSeconds: 1_439_000_000,
    record: 'example.com. 3600 MX 10 mail.example.com.',
    rrsig:
      'MX 16 2 3600 1440021600 1438207200 9713 example.com. 3cPAHkmlnxcDHMyg7vFC34l0blBhuG1qpwLmjInI8w1CMB29FkEAIJUA0amxWndkmnBZ6SKiwZSAxGILn/NBtOXft0+Gj7FSvOKxE/07+4RQvE581N3Aj/JtIyaiYVdnYtyMWbSNyGEY2213WKsJlwEA',
  },
  {
    title: 'RFC 5155 appendix A, RSA/SHA-1',
    zone: 'example',
    key: '256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=',
    tag: 40_430,
    nowSeconds: 1_200_000_000,
    record: 'example. 3600 SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600',
    rrsig:
      'SOA 7 1 3600 20150420235959 20051021000000 40430 example. Hu25UIyNPmvPIVBrldN+9Mlp9Zql39qaUd8iq4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKusbZsT0Q==',
  },
]

function setOf({ record, rrsig }: Vector): ReceivedSet {
  return sampleSet(`${record}\n${record.split(' ')[0] ?? ''} 3600 RRSIG ${rrsig}`)
}

describe('signatures', () => {
  for (const vector of VECTORS)
    test(vector.title, () => {
      const key = sampleKey(vector.key)
      assert.equal(key.tag, vector.tag)
      const set = setOf(vector)
      const check = (changed: ReceivedSet): string =>
        verifySet(changed, vector.zone, [key], vector.nowSeconds, new WorkBudget()).kind
      assert.equal(check(set), 'signed')
      assert.equal(
        check({ ...set, ttlSeconds: 1, data: set.data.map((data) => data.with(-1 + data.length, 77)) }),
        'unsigned',
      )
      for (const rrsig of set.signatures)
        for (let at = 0; at < rrsig.signature.length; at += 9) {
          const signature = rrsig.signature.map((byte, place) => (place === at ? byte ^ 0x10 : byte))
          assert.equal(check({ ...set, signatures: [{ ...rrsig, signature }] }), 'unsigned')
        }
    })
})

const RFC_4034_KEY =
  '256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=='

const DIGESTS: readonly (readonly [string, string, string, number, string])[] = [
  ['RFC 4034 §5.4', 'dskey.example.com', RFC_4034_KEY, 1, '2BB183AF5F22588179A53B0A98631FAD1A292118'],
  [
    'RFC 4509 §2.3',
    'dskey.example.com',
    RFC_4034_KEY,
    2,
    'D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A',
  ],
  [
    'RFC 6605 §6.1',
    'example.net',
    VECTORS[2]?.key ?? '',
    2,
    'B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17',
  ],
  [
    'RFC 6605 §6.2',
    'example.net',
    VECTORS[3]?.key ?? '',
    4,
    '72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6',
  ],
  [
    'RFC 8080 §6.1',
    'example.com',
    VECTORS[4]?.key ?? '',
    2,
    '3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B',
  ],
]

describe('digests', () => {
  for (const [title, zone, key, type, digest] of DIGESTS)
    test(`${title}, digest ${type}`, () => {
      const found = keyDigest(zone, sampleKey(key).data, type)
      assert.equal(
        Buffer.from(found ?? [])
          .toString('hex')
          .toUpperCase(),
        digest,
      )
    })

  test('the key tag of RFC 4034 §5.4', () => assert.equal(sampleKey(RFC_4034_KEY).tag, 60_485))
})

/** RFC 5155 appendix A. */
const HASHES: readonly (readonly [string, string])[] = [
  ['example', '0p9mhaveqvm6t7vbl5lop2u3t2rp3tom'],
  ['a.example', '35mthgpgcu1qg68fab165klnsnk3dpvl'],
  ['ai.example', 'gjeqe526plbf1g8mklp59enfd789njgi'],
  ['ns1.example', '2t7b4g4vsa5smi47k61mv5bv1a22bojr'],
  ['ns2.example', 'q04jkcevqvmu85r014c7dkba38o0ji5r'],
  ['w.example', 'k8udemvp1j2f7eg6jebps17vp3n8i58h'],
  ['*.w.example', 'r53bq7cc2uvmubfu5ocmm6pers9tk9en'],
  ['x.w.example', 'b4um86eghhds6nea196smvmlo4ors995'],
  ['y.w.example', 'ji6neoaepv8b5o6k4ev33abha8ht9fgc'],
  ['x.y.w.example', '2vptu5timamqttgl4luu9kg21e0aor3s'],
  ['xx.example', 't644ebqk9bibcna874givr6joj62mlhv'],
]

test('hashes of RFC 5155 appendix A', () => {
  for (const [name, hash] of HASHES)
    assert.equal(formatBase32hex(nsec3Hash(name, { salt: Buffer.from('aabbccdd', 'hex'), iterations: 12 })), hash)
})
