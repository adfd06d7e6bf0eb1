// Denial by NSEC3 records (RFC 5155): the hashes of all names of a version in order, made when the first denial of that
// version is asked for.

import type { Name } from '../../../core/name.ts'
import type { ZoneVersion } from '../../../core/zones.ts'
import { nextCloser } from '../../dns/codec/labels.ts'
import { parentOf } from '../../dns/codec/name.ts'
import { NSEC3_HASH_BYTES, nsec3Hash, nsec3Owner } from '../nsec3-hash.ts'
import { OPT_OUT, encodeNsec3, type Nsec3Parameters } from '../records.ts'
import { closestEncloser, visibleNames } from './authority.ts'
import { distinct, wildcardOf, type Denial, type DenialView, type OwnedSet } from './denial.ts'
import { TYPE } from '../../dns/messages.ts'

export { nextCloser } from '../../dns/codec/labels.ts'

/** Hashes in ascending order, and the name that each stands for. */
interface Chain {
  readonly hashes: Buffer
  readonly names: readonly Name[]
}

const chains = new WeakMap<ZoneVersion, Map<string, Chain>>()

export function nsec3Denial(
  version: ZoneVersion,
  view: DenialView,
  parameters: Nsec3Parameters,
  optOut: boolean,
): Denial {
  const chain = (): Chain => chainOf(version, view, parameters, optOut)
  const record = (at: number): OwnedSet => nsec3At(chain(), at, version.apex, view, parameters, optOut)
  const digest = (name: Name): Buffer => nsec3Hash(name, parameters)
  const matching = (name: Name): OwnedSet | undefined => {
    const wanted = digest(name)
    const at = placeOf(chain(), wanted)
    return hashAt(chain(), at).equals(wanted) ? record(at) : undefined
  }
  const covering = (name: Name): OwnedSet => record(placeOf(chain(), digest(name)))
  /** RFC 5155 §7.2.1; above what opt-out leaves out. */
  const encloserProof = (name: Name): { encloser: Name; sets: readonly (OwnedSet | undefined)[] } => {
    let encloser = closestEncloser(version, parentOf(name) ?? '')
    while (encloser !== version.apex && matching(encloser) === undefined) encloser = parentOf(encloser) ?? ''
    return { encloser, sets: [matching(encloser), covering(nextCloser(name, encloser))] }
  }
  return {
    noData(name) {
      const own = matching(name)
      return own === undefined ? distinct(encloserProof(name).sets) : [own]
    },
    noName(name) {
      const { encloser, sets } = encloserProof(name)
      return distinct([...sets, covering(wildcardOf(encloser))])
    },
    wildcardAnswer: (name) => [covering(nextCloser(name, closestEncloser(version, name)))],
    wildcardNoData(name) {
      const { encloser, sets } = encloserProof(name)
      return distinct([...sets, matching(wildcardOf(encloser))])
    },
    *all() {
      for (let at = 0; at < chain().names.length; at += 1) yield record(at)
    },
  }
}

function nsec3At(
  chain: Chain,
  at: number,
  apex: Name,
  view: DenialView,
  parameters: Nsec3Parameters,
  optOut: boolean,
): OwnedSet {
  const next = hashAt(chain, (at + 1) % chain.names.length)
  const name = chain.names[at] ?? apex
  const types = view.typesAt(name)
  // Nothing at an empty name, or at a delegation without DS, is signed.
  const signed = types.length > 0 && !view.isInsecureCut(name)
  const data = encodeNsec3(parameters, optOut ? OPT_OUT : 0, next, signed ? [...types, TYPE.RRSIG] : types)
  return {
    name: nsec3Owner(hashAt(chain, at), apex),
    set: { type: TYPE.NSEC3, ttlSeconds: view.ttlSeconds, data: [data] },
  }
}

function hashAt(chain: Chain, at: number): Buffer {
  return chain.hashes.subarray(at * NSEC3_HASH_BYTES, (at + 1) * NSEC3_HASH_BYTES)
}

/** The last hash at or before `digest`; the very last one where there is none. */
function placeOf(chain: Chain, digest: Buffer): number {
  let low = 0
  let high = chain.names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const start = middle * NSEC3_HASH_BYTES
    if (chain.hashes.compare(digest, 0, NSEC3_HASH_BYTES, start, start + NSEC3_HASH_BYTES) <= 0) low = middle + 1
    else high = middle
  }
  return low === 0 ? chain.names.length - 1 : low - 1
}

function chainOf(version: ZoneVersion, view: DenialView, parameters: Nsec3Parameters, optOut: boolean): Chain {
  let known = chains.get(version)
  if (known === undefined) chains.set(version, (known = new Map<string, Chain>()))
  const key = `${parameters.iterations} ${optOut} ${Buffer.from(parameters.salt).toString('hex')}`
  let chain = known.get(key)
  if (chain === undefined) known.set(key, (chain = makeChain(version, view, parameters, optOut)))
  return chain
}

function makeChain(version: ZoneVersion, view: DenialView, parameters: Nsec3Parameters, optOut: boolean): Chain {
  const names: Name[] = []
  for (const name of visibleNames(version)) if (!(optOut && view.isInsecureCut(name))) names.push(name)
  const hashes = Buffer.alloc(names.length * NSEC3_HASH_BYTES)
  names.forEach((name, at) => nsec3Hash(name, parameters).copy(hashes, at * NSEC3_HASH_BYTES))
  return inOrder(names, hashes)
}

/** Sorts by the first 48 bits, which numbers hold exactly, and by the rest where those are equal. */
function inOrder(names: readonly Name[], hashes: Buffer): Chain {
  const front = Float64Array.from(names, (_, at) => hashes.readUIntBE(at * NSEC3_HASH_BYTES, 6))
  const full = (at: number): Buffer => hashes.subarray(at * NSEC3_HASH_BYTES, (at + 1) * NSEC3_HASH_BYTES)
  const order = Uint32Array.from(names, (_, at) => at).toSorted(
    (a, b) => (front[a] ?? 0) - (front[b] ?? 0) || full(a).compare(full(b)),
  )
  const sorted = Buffer.alloc(hashes.length)
  order.forEach((from, to) => full(from).copy(sorted, to * NSEC3_HASH_BYTES))
  return { hashes: sorted, names: Array.from(order, (at) => names[at] ?? '') }
}
