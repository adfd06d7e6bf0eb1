// Signed DNS messages that were changed: none may be verified as something that was never signed, and no verdict may fail to be answered.

import type { TransactionKey } from '../src/core/zones.ts'
import { encodeMessage } from '../src/shared/dns/codec/message.ts'
import { CLASS, TYPE, query } from '../src/shared/dns/messages.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import { TsigSigner, TsigVerifier, refusalAnswer, verifyRequest } from '../src/shared/dns/tsig/tsig.ts'
import type { Run, Target } from './target.ts'

const NOW = 1_600_000_000
const KEY: TransactionKey = { name: 'key.test', algorithm: 'hmac-sha1', secret: Uint8Array.of(1, 2, 3) }

export const tsig: Target = {
  name: 'tsig',
  about: 'signed messages',
  start(seed): Run {
    const messages = [TYPE.SOA, TYPE.AXFR].map((type) =>
      encodeMessage(query(7, { name: 'harbor.test', type, class: CLASS.IN })),
    )
    const signed = messages.map((message) => new TsigSigner(KEY).sign(message, NOW))
    const mutations = new Mutations(seed, [...signed, ...messages])
    const originals = new Set(messages.map(withoutId))
    return { next: () => mutations.next(), attempt: (packet) => judge(packet, originals) }
  },
}

function withoutId(message: Uint8Array): string {
  return Buffer.from(message.subarray(2)).toString('latin1')
}

function judge(packet: Uint8Array, originals: ReadonlySet<string>): void {
  const verdict = verifyRequest(packet, (name) => (name === KEY.name ? KEY : undefined), NOW, 0)
  if (verdict.kind === 'verified' && !originals.has(withoutId(verdict.message)))
    throw new Error('a message that was never signed is verified')
  if (verdict.kind === 'refused') refusalAnswer(packet.subarray(0, 12), verdict, NOW)
  if (new TsigVerifier(KEY, new Uint8Array(20)).take(packet, NOW).kind === 'verified')
    throw new Error('an answer to another request is verified')
}
