// Sets and keys from their text, for tests.

import { foldName } from '../dns/codec/name.ts'
import { parseRdata } from '../dns/codec/rdata.ts'
import { CLASS, isMalformed, typeNumber, type ResourceRecord } from '../dns/messages.ts'
import { decodeDnskey, type Dnskey } from './records.ts'
import { setsOf } from './validator/sets.ts'
import type { ReceivedSet } from './verify.ts'

/** `owner. 3600 IN TYPE data`, a line each; throws for any that is not. */
export function sampleRecords(text: string): readonly ResourceRecord[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(sampleRecord)
}

function sampleRecord(line: string): ResourceRecord {
  const [, owner = '', ttl = '', word = '', rest = ''] = /^(\S+)\s+(\d+)\s+(?:IN\s+)?(\S+)\s+(.*)$/.exec(line) ?? []
  return {
    name: foldName(owner.replace(/\.$/, '')),
    type: typeNumber(word) ?? 0,
    class: CLASS.IN,
    ttlSeconds: Number(ttl),
    data: sampleData(word, rest),
  }
}

export function sampleData(type: string, text: string): Uint8Array {
  const data = parseRdata(typeNumber(type) ?? 0, text)
  if (isMalformed(data)) throw new Error(`no ${type} data: ${text}`)
  return data
}

/** The one set among a few records. */
export function sampleSet(text: string): ReceivedSet {
  const [set] = setsOf(sampleRecords(text))
  if (set === undefined) throw new Error('no set')
  return set
}

export function sampleKey(text: string): Dnskey {
  const key = decodeDnskey(sampleData('DNSKEY', text))
  if (key === undefined) throw new Error(`no key: ${text}`)
  return key
}
