// Record data both ways, whole, cut off at every length and with every bit flipped: no reader throws, and what it reads it can
// tell from what it cannot.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Writer } from '../../wire/writer.ts'
import { TYPE } from '../dns/messages.ts'
import {
  decodeDnskey,
  decodeDs,
  decodeNsec,
  decodeNsec3,
  decodeRrsig,
  encodeDnskey,
  encodeDs,
  encodeNsec,
  encodeNsec3,
  encodeNsec3Param,
  keyTag,
  writeRrsigHead,
} from './records.ts'
import { sampleData } from './sample-sets.ts'

const SIGNATURE = Buffer.alloc(8, 0xaa)

function encodeRrsig(rrsig: NonNullable<ReturnType<typeof decodeRrsig>>): Uint8Array {
  const writer = new Writer(64)
  writeRrsigHead(writer, rrsig)
  writer.put(rrsig.signature)
  return writer.finish()
}

interface Kind {
  readonly title: string
  readonly data: Uint8Array
  /** Decodes and encodes again; undefined where it cannot be decoded. */
  again(data: Uint8Array): Uint8Array | undefined
  /** Octets from which on the data is whole: the last field has no length of its own. */
  readonly leastBytes: number
}

const TYPES = [TYPE.A, TYPE.RRSIG, TYPE.NSEC, TYPE.CAA, 1234]
const PARAMETERS = { iterations: 12, salt: Buffer.from('aabb', 'hex') }

const KINDS: readonly Kind[] = [
  {
    title: 'RRSIG',
    data: sampleData(
      'RRSIG',
      `A 13 3 300 20300101000000 20260101000000 4711 harbor.test. ${SIGNATURE.toString('base64')}`,
    ),
    again(data) {
      const rrsig = decodeRrsig(data)
      return rrsig && encodeRrsig(rrsig)
    },
    leastBytes: 18 + 13 + 1,
  },
  {
    title: 'DNSKEY',
    data: encodeDnskey(257, 13, Buffer.alloc(16, 7)),
    again(data) {
      const key = decodeDnskey(data)
      return key && key.protocol === 3 ? encodeDnskey(key.flags, key.algorithm, key.publicKey) : undefined
    },
    leastBytes: 5,
  },
  {
    title: 'DS',
    data: sampleData('DS', '60485 13 2 2BB183AF5F22588179A53B0A98631FAD1A292118'),
    again(data) {
      const ds = decodeDs(data)
      return ds && encodeDs(ds)
    },
    leastBytes: 5,
  },
  {
    title: 'NSEC',
    data: encodeNsec('b.harbor.test', TYPES),
    again(data) {
      const nsec = decodeNsec(data)
      return nsec && encodeNsec(nsec.next, allOf(nsec.types))
    },
    leastBytes: 15,
  },
  {
    title: 'NSEC3',
    data: encodeNsec3(PARAMETERS, 1, Buffer.alloc(20, 9), TYPES),
    again(data) {
      const nsec3 = decodeNsec3(data)
      return nsec3 && nsec3.hash === 1 ? encodeNsec3(nsec3, nsec3.flags, nsec3.next, allOf(nsec3.types)) : undefined
    },
    leastBytes: 5 + 2 + 1 + 20,
  },
]

function allOf(types: { has(type: number): boolean }): number[] {
  return Array.from({ length: 65_536 }, (_, type) => type).filter((type) => types.has(type))
}

for (const { title, data, again, leastBytes } of KINDS)
  describe(title, () => {
    test('both ways', () => assert.deepEqual(Buffer.from(again(data) ?? []), Buffer.from(data)))

    test('cut off at every length', () => {
      for (let length = 0; length < data.length; length += 1) {
        const cut = data.subarray(0, length)
        const read = again(cut)
        if (length < leastBytes) assert.equal(read, undefined, `${length} octets`)
        else if (read !== undefined) assert.deepEqual(Buffer.from(read), Buffer.from(cut))
      }
    })

    test('with every bit flipped it is something else, or nothing', () => {
      for (let bit = 0; bit < data.length * 8; bit += 1) {
        const flipped = data.map((byte, at) => (at === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))
        const read = again(flipped)
        if (read !== undefined) assert.equal(read.length, flipped.length)
      }
    })
  })

test('NSEC3PARAM says no flags (RFC 5155 §4.1.2)', () => {
  assert.equal(Buffer.from(encodeNsec3Param(PARAMETERS)).toString('hex'), '0100000c02aabb')
})

test('the tag of a key counts an odd octet at its end', () => {
  assert.equal(keyTag(Buffer.from('0100030d01', 'hex')), 0x0100 + 0x030d + 0x0100)
})
