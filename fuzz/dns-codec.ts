// Broken DNS messages against the codec alone, so that there can be many: what reads must write, and read the same again.

import { decodeMessage, encodeMessage } from '../src/shared/dns/codec/message.ts'
import { formatRdata, parseRdata } from '../src/shared/dns/codec/rdata.ts'
import { canonicalRdata } from '../src/shared/dns/codec/canonical.ts'
import { describe } from '../src/shared/dns/describe.ts'
import { isMalformed, type Message } from '../src/shared/dns/messages.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import type { Run, Target } from './target.ts'

/** One message of so many is told in words and its data written as text, which takes longer than all else. */
const IN_WORDS = 8

export const dnsCodec: Target = {
  name: 'dns-codec',
  about: 'messages and record data against the codec',
  start(seed): Run {
    const mutations = new Mutations(seed)
    return {
      next: () => mutations.next(),
      attempt(packet) {
        const message = decodeMessage(packet)
        if (isMalformed(message)) return
        rewrite(message)
        if (mutations.below(IN_WORDS) === 0) inWords(message)
      },
    }
  },
}

function rewrite(message: Message): void {
  const bytes = encodeMessage(message)
  const again = decodeMessage(bytes)
  if (isMalformed(again)) throw new Error('a message that does not read back')
  if (Buffer.compare(encodeMessage(again), bytes) !== 0) throw new Error('a message that reads back otherwise')
}

function inWords(message: Message): void {
  describe(message)
  for (const { type, data } of [...message.answers, ...message.authorities, ...message.additionals]) {
    if (canonicalRdata(type, data).length !== data.length) throw new Error('a canonical form of another size')
    if (data.length === 0) continue
    const parsed = parseRdata(type, formatRdata(type, data))
    if (isMalformed(parsed) || Buffer.compare(parsed, data) !== 0) throw new Error('data that reads back otherwise')
  }
}
