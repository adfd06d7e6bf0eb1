// Adds to a resolution what an asker with DO gets besides (RFC 4035 §3.1): signatures, proofs of absence, DS.

import { TYPE } from '../../shared/dns/messages.ts'
import type { Absence, AnswerSet, Resolution } from './resolution.ts'
import type { SigningTime } from './signing.ts'

export function signAnswer(found: Resolution, time: SigningTime): Resolution {
  const signed: Resolution = {
    ...found,
    answers: withSignatures(found.answers, time),
    authorities: withSignatures([...found.authorities, ...found.delegated, ...proofsOf(found.absences)], time),
    delegated: [],
    extras: withSignatures(found.extras, time),
  }
  const freshUntilMs = Math.min(...[...signed.answers, ...signed.authorities, ...signed.extras].map(freshUntil))
  return { ...signed, freshUntilMs }
}

/** Sets that signing adds, and that so change with the keys: askers without DO get them too. */
const OF_KEYS: ReadonlySet<number> = new Set<number>([TYPE.DNSKEY, TYPE.CDS, TYPE.CDNSKEY, TYPE.DS, TYPE.RRSIG])

/** As it goes to askers without DO. */
export function unsignedAnswer(found: Resolution): Resolution {
  const ofKeys = found.answers.filter(({ set }) => OF_KEYS.has(set.type))
  return ofKeys.length === 0 ? found : { ...found, freshUntilMs: Math.min(...ofKeys.map(freshUntil)) }
}

function freshUntil({ zone }: AnswerSet): number {
  const version = zone?.version
  return zone === undefined || version === undefined ? Infinity : zone.signer.freshUntilMs(version)
}

/** Each record once, however many absences it proves. */
function proofsOf(absences: readonly Absence[]): AnswerSet[] {
  const proofs = new Map<string, AnswerSet>()
  for (const absence of absences) {
    const { zone } = absence
    const { version } = zone
    for (const { name, set } of version === undefined ? [] : zone.signer.denialOf(version, absence))
      proofs.set(`${set.type} ${name}`, { owner: name, set, zone, at: name })
  }
  return [...proofs.values()]
}

/** Each set followed by the signatures over it. */
function withSignatures(sets: readonly AnswerSet[], time: SigningTime): readonly AnswerSet[] {
  const signed: AnswerSet[] = []
  for (const one of sets) {
    signed.push(one)
    const { zone, owner, at, set, original = set } = one
    const version = zone?.version
    if (zone === undefined || version === undefined || set.type === TYPE.RRSIG) continue
    const signatures = zone.signer.signaturesOf(version, at, original, time)
    if (signatures === undefined || signatures.data.length === 0) continue
    signed.push({ owner, set: { ...signatures, ttlSeconds: set.ttlSeconds }, zone: undefined, at })
  }
  return signed
}
