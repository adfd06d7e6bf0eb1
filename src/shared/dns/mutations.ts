// Messages gone wrong, from a seed: for the unit test's hundred thousand and for fuzz/dns.ts' many millions.

import { encodeMessage } from './codec/message.ts'
import { parseRdata } from './codec/rdata.ts'
import { CLASS, TYPE, isMalformed, query, type Message } from './messages.ts'

/** The largest mutant: somewhat more than a UDP packet. */
const MUTANT_MAX_BYTES = 1500
const EDNS = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [{ code: 10, data: new Uint8Array(8) }] }

function samples(): Uint8Array[] {
  const texts: readonly (readonly [number, string])[] = [
    [TYPE.A, '192.0.2.1'],
    [TYPE.MX, '10 mail.harbor.test.'],
    [TYPE.SOA, 'ns.harbor.test. root.harbor.test. 1 2 3 4 5'],
    [TYPE.TXT, '"one" "two"'],
    [TYPE.SRV, '1 2 3 sip.harbor.test.'],
    [TYPE.CAA, '0 issue "ca.test"'],
    [TYPE.HTTPS, '1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1'],
    [TYPE.NAPTR, '1 2 "u" "s" "!a!b!" .'],
  ]
  const answers = texts.flatMap(([type, text]) => {
    const data = parseRdata(type, text)
    return isMalformed(data) ? [] : [{ name: 'www.harbor.test', type, class: CLASS.IN, ttlSeconds: 300, data }]
  })
  return [
    ask('www.harbor.test', TYPE.A),
    ask('nothing.harbor.test', TYPE.AAAA, { edns: EDNS }),
    ask('large.harbor.test', TYPE.TXT, { edns: EDNS }),
    ask('www.sub.harbor.test', TYPE.MX),
    ask('web.harbor.test', TYPE.ANY, { additionals: answers }),
    ask('www.harbor.test', TYPE.A, { response: true, answers, edns: EDNS }),
  ]
}

function ask(name: string, type: number, changes?: Partial<Message>): Uint8Array {
  return encodeMessage(query(1, { name, type, class: CLASS.IN }, changes))
}

/** An endless supply of packets; `seed` is any 32-bit number other than 0. */
export class Mutations {
  readonly #samples = samples()
  #state: number

  constructor(seed: number) {
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
