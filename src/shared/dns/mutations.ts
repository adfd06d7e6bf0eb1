// Messages gone wrong, from a seed: for the unit test's hundred thousand and for fuzz/dns.ts' many millions.

import { encodeMessage } from './codec/message.ts'
import { parseRdata } from './codec/rdata.ts'
import { CLASS, OPCODE, TYPE, isMalformed, query, type Message, type ResourceRecord } from './messages.ts'

/** The largest mutant: somewhat more than a UDP packet. */
const MUTANT_MAX_BYTES = 1500
const EDNS = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [{ code: 10, data: new Uint8Array(8) }] }

const COMMON: readonly (readonly [number, string])[] = [
  [TYPE.A, '192.0.2.1'],
  [TYPE.MX, '10 mail.harbor.test.'],
  [TYPE.SOA, 'ns.harbor.test. root.harbor.test. 1 2 3 4 5'],
  [TYPE.TXT, '"one" "two"'],
  [TYPE.SRV, '1 2 3 sip.harbor.test.'],
  [TYPE.CAA, '0 issue "ca.test"'],
  [TYPE.HTTPS, '1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1'],
  [TYPE.NAPTR, '1 2 "u" "s" "!a!b!" .'],
]
const SIGNED: readonly (readonly [number, string])[] = [
  [TYPE.RRSIG, 'A 13 3 300 20300101000000 20290101000000 4711 harbor.test. AQIDBAUGBwg='],
  [TYPE.NSEC, 'z.harbor.test. A MX RRSIG NSEC TYPE1234'],
  [TYPE.NSEC3, '1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A RRSIG'],
  [TYPE.NSEC3PARAM, '1 0 0 -'],
  [TYPE.DS, '4711 13 2 00112233445566778899AABBCCDDEEFF'],
  [TYPE.DNSKEY, '257 3 13 AQIDBAUGBwg='],
  [TYPE.CSYNC, '66 3 A NS AAAA'],
  [TYPE.ZONEMD, '1 1 1 0011223344556677'],
]
const RARE: readonly (readonly [number, string])[] = [
  [TYPE.LOC, '42 21 54 N 71 6 18 W -24m 30m'],
  [TYPE.APL, '1:192.168.32.0/21 !2:2001:db8::/32'],
  [TYPE.IPSECKEY, '10 3 2 gate.harbor.test. AQID'],
  [TYPE.AMTRELAY, '10 1 2 2001:db8::1'],
  [TYPE.HIP, '2 200100107B1A74DF AwEAAbdx rvs.harbor.test.'],
  [TYPE.CERT, 'PKIX 1 8 AQID'],
  [TYPE.EUI48, '00-00-5e-00-53-2a'],
  [TYPE.L64, '10 2001:0db8:1140:1000'],
  [TYPE.URI, '10 1 "ftp://harbor.test/"'],
  [TYPE.TSIG, 'hmac-sha256. 1600000000 300 4 AQIDBA== 1 0 0'],
]

function records(texts: readonly (readonly [number, string])[]): ResourceRecord[] {
  return texts.flatMap(([type, text]) => {
    const data = parseRdata(type, text)
    return isMalformed(data) ? [] : [{ name: 'www.harbor.test', type, class: CLASS.IN, ttlSeconds: 300, data }]
  })
}

function samples(): Uint8Array[] {
  const answers = records(COMMON)
  const gone = { name: 'old.harbor.test', class: CLASS.ANY, ttlSeconds: 0, data: new Uint8Array(0) }
  return [
    ask('www.harbor.test', TYPE.A),
    ask('nothing.harbor.test', TYPE.AAAA, { edns: EDNS }),
    ask('large.harbor.test', TYPE.TXT, { edns: EDNS }),
    ask('www.sub.harbor.test', TYPE.MX),
    ask('web.harbor.test', TYPE.ANY, { additionals: answers }),
    ask('www.harbor.test', TYPE.A, { response: true, answers, edns: EDNS }),
    ask('www.harbor.test', TYPE.A, { response: true, authorities: records(SIGNED), edns: EDNS }),
    ask('www.harbor.test', TYPE.ANY, { response: true, answers: records(RARE) }),
    ask('harbor.test', TYPE.SOA, {
      opcode: OPCODE.UPDATE,
      answers: [{ ...gone, type: TYPE.MX }],
      authorities: answers,
    }),
  ]
}

function ask(name: string, type: number, changes?: Partial<Message>): Uint8Array {
  return encodeMessage(query(1, { name, type, class: CLASS.IN }, changes))
}

/** An endless supply of packets; `seed` is any 32-bit number other than 0. `from`: what they are made of. */
export class Mutations {
  readonly #samples: readonly Uint8Array[]
  #state: number

  constructor(seed: number, from: readonly Uint8Array[] = samples()) {
    this.#samples = from
    this.#state = seed
  }

  /** A whole number below `end`. */
  below(end: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % end
  }

  next(): Uint8Array {
    const sample = this.#samples[this.below(this.#samples.length)] ?? new Uint8Array(0)
    const kind = this.below(10)
    if (kind === 0) return Uint8Array.from({ length: this.below(64) }, () => this.below(256))
    const spliced = kind === 1 ? this.#splice(sample) : new Uint8Array(sample)
    for (let changes = 1 + this.below(4); changes > 0; changes -= 1) this.#change(spliced)
    return kind === 2 ? spliced.subarray(0, this.below(spliced.length + 1)) : spliced
  }

  #splice(sample: Uint8Array): Uint8Array {
    const other = this.#samples[this.below(this.#samples.length)] ?? sample
    const parts = [sample.subarray(0, this.below(sample.length)), other.subarray(this.below(other.length))]
    return new Uint8Array(Buffer.concat(parts)).subarray(0, MUTANT_MAX_BYTES)
  }

  #change(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const at = this.below(bytes.length)
    const values = [0, 1, 12, 0x3f, 0x40, 0xc0, 0xff, this.below(256), (bytes[at] ?? 0) ^ (1 << this.below(8))]
    bytes[at] = values[this.below(values.length)] ?? 0
  }
}
