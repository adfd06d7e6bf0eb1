// What stands for a zone's keys elsewhere: DS records in its parent, CDS, and the trust anchors of validators.

import { createHash } from 'node:crypto'
import type { Name } from '../../core/name.ts'
import type { RecordSet, Signing } from '../../core/zones.ts'
import { formatName, nameBytes } from '../dns/codec/name.ts'
import { followingKey, keysAt, type KeySet, type ZoneKey } from './keys.ts'
import { DIGEST, decodeDs, encodeDs } from './records.ts'
import { TYPE } from '../dns/messages.ts'

/** RFC 4034 §5.1.4: of a folded name and DNSKEY data. Undefined for a digest that is not spoken. */
export function keyDigest(zone: Name, dnskey: Uint8Array, digestType: number): Uint8Array | undefined {
  const algorithm = DIGESTS.get(digestType)
  return algorithm === undefined ? undefined : createHash(algorithm).update(nameBytes(zone)).update(dnskey).digest()
}

/** RFC 3658, RFC 4509, RFC 6605 §2. */
const DIGESTS: ReadonlyMap<number, string> = new Map([
  [DIGEST.SHA1, 'sha1'],
  [DIGEST.SHA256, 'sha256'],
  [DIGEST.SHA384, 'sha384'],
])

/** Data of the DS record of one key, SHA-256 (RFC 4509). */
function dsData(zone: Name, key: Pick<ZoneKey, 'algorithm' | 'tag' | 'data'>): Uint8Array {
  const digest = keyDigest(zone, key.data, DIGEST.SHA256) ?? new Uint8Array(0)
  return encodeDs({ tag: key.tag, algorithm: key.algorithm, digestType: DIGEST.SHA256, digest })
}

/** The DS set of `zone` for its parent. */
export function dsAt(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): RecordSet {
  const keys = keysAt(secret, zone, signing, wallMs)
  const data = keys.keySigning.map((key) => dsData(zone, key))
  return { type: TYPE.DS, ttlSeconds: keys.ttlSeconds, data: signing.broken === 'wrong-ds' ? data.map(spoilt) : data }
}

/** Another digest, of no key at all. */
function spoilt(ds: Uint8Array): Uint8Array {
  return ds.map((byte, at) => (at === ds.length - 1 ? byte ^ 0xff : byte))
}

/** RFC 7344 §3.1. */
export function cdsSet(zone: Name, keys: KeySet): RecordSet {
  return { type: TYPE.CDS, ttlSeconds: keys.ttlSeconds, data: keys.keySigning.map((key) => dsData(zone, key)) }
}

/** The key-signing keys that a validator may be told to trust: those of now and the next one. */
export interface TrustAnchor {
  readonly zone: Name
  /** Data of DS records. */
  readonly ds: readonly Uint8Array[]
  /** Data of DNSKEY records. */
  readonly keys: readonly Uint8Array[]
}

export function trustAnchorAt(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): TrustAnchor {
  const next = followingKey(secret, zone, signing, wallMs)
  const keys = [...keysAt(secret, zone, signing, wallMs).keySigning, ...(next === undefined ? [] : [next])]
  const ds = keys.map((key) => dsData(zone, key))
  return { zone, ds: signing.broken === 'wrong-ds' ? ds.map(spoilt) : ds, keys: keys.map((key) => key.data) }
}

/** `. IN DS 12345 13 2 ABCD`, a line each: what Unbound's `trust-anchor-file`, drill and delv's forefathers read. */
export function formatDsAnchor({ zone, ds }: TrustAnchor): string {
  return ds.map((data) => `${owner(zone)} IN DS ${dsText(data)}\n`).join('')
}

/** `. IN DNSKEY 257 3 13 AbCd`, a line each: for Unbound's `trust-anchor-file` as well. */
export function formatKeyAnchor({ zone, keys }: TrustAnchor): string {
  return keys.map((data) => `${owner(zone)} IN DNSKEY ${keyText(data).join(' ')}\n`).join('')
}

/** A `trust-anchors` statement of BIND's configuration, which delv reads too. */
export function formatBindAnchors(anchors: readonly TrustAnchor[]): string {
  const lines = anchors.flatMap(({ zone, ds }) =>
    ds.map((data) => `  ${quoted(zone)} static-ds ${quotedDigest(data)};\n`),
  )
  return `trust-anchors {\n${lines.join('')}};\n`
}

function owner(zone: Name): string {
  return formatName(zone)
}

function quoted(zone: Name): string {
  return JSON.stringify(owner(zone))
}

function dsFields(data: Uint8Array): readonly [number, number, number, string] {
  const { tag, algorithm, digestType, digest } = decodeDs(data) ?? NO_DS
  return [tag, algorithm, digestType, Buffer.from(digest).toString('hex').toUpperCase()]
}

const NO_DS = { tag: 0, algorithm: 0, digestType: 0, digest: new Uint8Array(0) }

function dsText(data: Uint8Array): string {
  return dsFields(data).join(' ')
}

function quotedDigest(data: Uint8Array): string {
  const [tag, algorithm, digestType, digest] = dsFields(data)
  return `${tag} ${algorithm} ${digestType} "${digest}"`
}

function keyText(data: Uint8Array): readonly string[] {
  const view = Buffer.from(data)
  return [`${view.readUInt16BE(0)}`, `${view[2]}`, `${view[3]}`, view.subarray(4).toString('base64')]
}
