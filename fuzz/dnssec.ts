// Signed answers that were changed, against the validator: each gets one verdict, and no data is secure that was never signed.

import { canonicalRdata } from '../src/shared/dns/codec/canonical.ts'
import { foldName } from '../src/shared/dns/codec/name.ts'
import { decodeMessage, encodeMessage } from '../src/shared/dns/codec/message.ts'
import { TYPE, isMalformed, typeName, typeNumber, type Message } from '../src/shared/dns/messages.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import { SAMPLE_SIGNING } from '../src/shared/dnssec/sample-zone.ts'
import { Trial } from '../src/shared/dnssec/validator/trial.ts'
import type { Run, Target } from './target.ts'

const ASKED: readonly (readonly [string, string])[] = [
  ['www.harbor.test', 'A'],
  ['harbor.test', 'MX'],
  ['harbor.test', 'DNSKEY'],
  ['harbor.test', 'DS'],
  ['nothing.harbor.test', 'A'],
  ['x.wild.harbor.test', 'A'],
  ['x.wild.harbor.test', 'TXT'],
  ['alias.harbor.test', 'A'],
  ['x.old.harbor.test', 'A'],
  ['plain.test', 'DS'],
  ['www.plain.test', 'A'],
]

export const dnssec: Target = {
  name: 'dnssec',
  about: 'signed answers against the validator',
  start(seed): Run {
    // One world signed with NSEC, another with NSEC3, by the same keys.
    const trials = [
      new Trial(SAMPLE_SIGNING),
      new Trial({ ...SAMPLE_SIGNING, denial: 'nsec3', salt: 'ab', iterations: 2 }),
    ]
    const answers = trials.map((trial) => ASKED.map(([name, type]) => trial.servers.ask(name, typeNumber(type) ?? 0)))
    const signed = new Set(answers.flat().flatMap(dataIn))
    const mutations = new Mutations(
      seed,
      answers.flat().map((message) => encodeMessage(message)),
    )
    return {
      next: () => mutations.next(),
      attempt(packet) {
        for (const trial of trials) attempt(packet, trial, signed)
      },
    }
  },
}

/** `signed`: types and data of all that is. */
function attempt(packet: Uint8Array, trial: Trial, signed: ReadonlySet<string>): void {
  const message = decodeMessage(packet)
  const question = isMalformed(message) ? undefined : message.questions[0]
  if (isMalformed(message) || question === undefined) return
  const verdict = trial.judge(foldName(question.name), typeName(question.type), message)
  if (verdict.security === 'bogus' && verdict.ttlSeconds !== 0) throw new Error('a bogus answer that may be kept')
  for (const set of verdict.sets) {
    if (set.security !== 'secure' || set.type === TYPE.CNAME) continue
    for (const record of [...message.answers, ...message.authorities])
      if (record.type === set.type && foldName(record.name) === set.name && !signed.has(dataOf(record)))
        throw new Error('data is secure that was never signed')
  }
}

function dataIn(message: Message): readonly string[] {
  return [...message.answers, ...message.authorities].map(dataOf)
}

function dataOf({ type, data }: Message['answers'][number]): string {
  return `${type} ${Buffer.from(canonicalRdata(type, data)).toString('latin1')}`
}
