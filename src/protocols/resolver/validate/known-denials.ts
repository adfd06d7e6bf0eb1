// Proofs of denial that were seen and hold, used for other names than those that they were given for (RFC 8198): what of a
// validated link goes into the store of shared/dnssec, and the link that follows from it.

import type { DomainName } from '../../../shared/dns/messages.ts'
import { TYPE } from '../../../shared/dns/messages.ts'
import { DenialStore } from '../../../shared/dnssec/aggressive.ts'
import { decodeRrsig } from '../../../shared/dnssec/records.ts'
import type { ValidatedSet } from '../../../shared/dnssec/validator/types.ts'
import type { Link } from '../cache/links.ts'
import { sizeOfSet, soaAmong, type SignedSet } from '../records.ts'

/** Bytes of a set that is kept, objects reckoned in: signatures that prove nothing would make it as long as a message. Ours. */
const KEPT_SET_MAX_BYTES = 1536

/** A denial is given with the SOA that it came with: without one nobody could keep it (RFC 2308 §3). */
interface Kept {
  readonly set: SignedSet
  readonly soa: SignedSet
}

export class KnownDenials {
  #store = new DenialStore<Kept>()

  /** `validated` are the sets of a link that were: what nobody looked at proves nothing. */
  learn({ authorities, storedMs, expiresMs }: Link, validated: readonly ValidatedSet[]): void {
    const soa = soaAmong(authorities)
    const zone = soa && signerOf(soa)
    if (soa === undefined || zone === undefined || soa.name !== zone || !isAmong(soa, validated)) return
    if (sizeOfSet(soa) > KEPT_SET_MAX_BYTES) return
    const fromSeconds = Math.floor(storedMs / 1000)
    for (const set of authorities) {
      if ((set.type !== TYPE.NSEC && set.type !== TYPE.NSEC3) || signerOf(set) !== zone) continue
      const [data] = set.data
      if (data === undefined || set.data.length > 1 || !isAmong(set, validated)) continue
      if (sizeOfSet(set) > KEPT_SET_MAX_BYTES) continue
      const untilSeconds = Math.floor(Math.min(expiresMs, storedMs + set.ttlSeconds * 1000) / 1000)
      this.#store.add(zone, { owner: set.name, type: set.type, data, kept: { set, soa }, fromSeconds, untilSeconds })
    }
  }

  /** A denial that nobody needs to be asked for. */
  proven(name: DomainName, type: number, wallMs: number): Link | undefined {
    const nowSeconds = Math.floor(wallMs / 1000)
    const found = this.#store.answer(name, type, nowSeconds)
    const [first] = found?.kept ?? []
    if (found === undefined || first === undefined) return undefined
    const ttlSeconds = found.untilSeconds - nowSeconds
    return {
      name,
      type,
      kind: found.kind,
      sets: [],
      authorities: [first.soa, ...found.kept.map(({ set }) => set)],
      zone: found.zone,
      security: 'secure',
      ttlSeconds,
      storedMs: wallMs,
      expiresMs: wallMs + ttlSeconds * 1000,
    }
  }

  clear(): void {
    this.#store = new DenialStore()
  }
}

/** The zone that signed a set; undefined where its signatures do not agree: which of them was looked at is not known here. */
function signerOf({ signatures }: SignedSet): DomainName | undefined {
  const signers = new Set(signatures.map((data) => decodeRrsig(data)?.signer))
  const [signer] = signers
  return signers.size === 1 ? signer : undefined
}

function isAmong({ name, type }: SignedSet, validated: readonly ValidatedSet[]): boolean {
  return validated.some(
    (one) => one.section === 'authority' && one.name === name && one.type === type && one.security === 'secure',
  )
}
