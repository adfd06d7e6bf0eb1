// The keys of a zone at a time of the world. Zone-signing keys are rolled by pre-publication (RFC 6781 §4.1.1.1),
// key-signing keys by the Double-RRset method (RFC 7583 §2.2): the next key, its signature over the DNSKEY set and its DS
// all come together and stand beside the old ones for longer than anything is cached. All of it is a function of time.

import type { KeyObject } from 'node:crypto'
import type { Name } from '../../core/name.ts'
import type { RecordSet, Signing } from '../../core/zones.ts'
import { derivedKeyPair } from './key-material.ts'
import { KEY_FLAG, encodeDnskey, keyTag } from './records.ts'
import { TYPE } from '../dns/messages.ts'

const DAY_MS = 86_400_000

/**
 * How long a zone-signing key is published before it signs and at least after: twice a day, the longest TTL that is
 * usual, so that a secondary may lag behind by another day (RFC 7583 §3.2.1: Ipub and Iret).
 */
const ZONE_KEY_OVERLAP_MS = 2 * DAY_MS
/** For how long two key-signing keys stand side by side: the add hold-down time of RFC 5011 §2.4.1, and some days. */
const KEY_KEY_OVERLAP_MS = 35 * DAY_MS
/** The most for a DNSKEY or DS set; less where keys roll faster. An hour is what top-level domains use. */
const KEY_TTL_MAX_SECONDS = 3600
/** Keys and sets of keys that are kept ready, over all zones; the oldest go first. */
const KEPT_MAX = 8192

export type KeyRole = 'key-signing' | 'zone-signing'

export interface ZoneKey {
  readonly role: KeyRole
  /** Periods since 1970. */
  readonly period: number
  readonly algorithm: 13 | 15
  readonly tag: number
  /** The data of its DNSKEY record. */
  readonly data: Uint8Array
  readonly privateKey: KeyObject
  /** When it leaves the DNSKEY set, in milliseconds since 1970: no signature by it lasts longer. Infinity: never. */
  readonly withdrawnMs: number
}

/** What does not change between two times of the world. */
export interface KeySet {
  /** All that are published, key-signing keys first. */
  readonly published: readonly ZoneKey[]
  /** Those that sign the DNSKEY set (and CDS, CDNSKEY: RFC 7344 §4.1), and that DS records stand for. */
  readonly keySigning: readonly ZoneKey[]
  /** The one that signs all else. */
  readonly zoneSigning: ZoneKey
  /** Of DNSKEY, CDS, CDNSKEY and, in the parent, DS. */
  readonly ttlSeconds: number
  readonly fromMs: number
  /** Not included. */
  readonly untilMs: number
}

const kept = new WeakMap<Uint8Array, Map<string, ZoneKey>>()
const keptSets = new WeakMap<Uint8Array, Map<string, KeySet>>()

/** The keys of `zone` at a time of the world. */
export function keysAt(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): KeySet {
  const { algorithm, zoneKeyMs, keyKeyMs, validityMs } = signing
  const sets = mapIn(keptSets, secret)
  const use = `${zone}/${algorithm}/${zoneKeyMs}/${keyKeyMs}/${validityMs}`
  const known = sets.get(use)
  if (known !== undefined && wallMs >= known.fromMs && wallMs < known.untilMs) return known
  return keep(sets, use, madeAt(secret, zone, signing, wallMs))
}

function madeAt(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): KeySet {
  const { algorithm, zoneKeyMs, keyKeyMs } = signing
  const zonePlan = zoneKeyPlan(signing, wallMs)
  const keyPlan = keyKeyPlan(signing, wallMs)
  const key = (role: KeyRole, plan: Plan) => (period: number) =>
    keyOf(secret, zone, algorithm, role, period, plan.withdrawnMs(period))
  const keySigning = keyPlan.periods.map(key('key-signing', keyPlan))
  const zoneKeys = zonePlan.periods.map(key('zone-signing', zonePlan))
  return {
    published: [...keySigning, ...zoneKeys],
    keySigning,
    zoneSigning: key('zone-signing', zonePlan)(zonePlan.active),
    ttlSeconds: keyTtlSeconds(zoneKeyMs, keyKeyMs),
    ...keyWindow(signing, wallMs),
  }
}

/** For how long the keys of a zone that is signed so stay as they are around a time. */
export function keyWindow(signing: Signing, wallMs: number): Pick<KeySet, 'fromMs' | 'untilMs'> {
  const times = [...zoneKeyPlan(signing, wallMs).times, ...keyKeyPlan(signing, wallMs).times]
  return {
    fromMs: Math.max(...times.filter((time) => time <= wallMs), -Infinity),
    untilMs: Math.min(...times.filter((time) => time > wallMs), Infinity),
  }
}

/** Which periods' keys are published now, which of them signs, and when that changes. */
interface Plan {
  readonly active: number
  readonly periods: readonly number[]
  readonly times: readonly number[]
  withdrawnMs(period: number): number
}

const FOREVER: Plan = { active: 0, periods: [0], times: [], withdrawnMs: () => Infinity }

function zoneKeyPlan({ zoneKeyMs, validityMs }: Signing, wallMs: number): Plan {
  if (zoneKeyMs === Infinity) return FOREVER
  const active = Math.floor(wallMs / zoneKeyMs)
  const start = active * zoneKeyMs
  const ahead = start + zoneKeyMs - Math.min(zoneKeyMs, ZONE_KEY_OVERLAP_MS)
  const trailMs = Math.min(zoneKeyMs, Math.max(validityMs, ZONE_KEY_OVERLAP_MS))
  const periods = [active - 1, active, active + 1].filter(
    (period) => period === active || (period < active ? wallMs < start + trailMs : wallMs >= ahead),
  )
  return {
    active,
    periods,
    times: [start, start + trailMs, ahead, start + zoneKeyMs],
    withdrawnMs: (period) => (period + 1) * zoneKeyMs + trailMs,
  }
}

function keyKeyPlan({ keyKeyMs }: Signing, wallMs: number): Plan {
  if (keyKeyMs === Infinity) return FOREVER
  const active = Math.floor(wallMs / keyKeyMs)
  const end = (active + 1) * keyKeyMs
  const ahead = end - keyKeyOverlapMs(keyKeyMs)
  return {
    active,
    periods: wallMs >= ahead ? [active, active + 1] : [active],
    times: [active * keyKeyMs, ahead, end],
    withdrawnMs: (period) => (period + 1) * keyKeyMs,
  }
}

function keyKeyOverlapMs(keyKeyMs: number): number {
  return Math.min(keyKeyMs / 2, KEY_KEY_OVERLAP_MS)
}

/** Half of the shortest overlap at most, so that what is cached never misses a change. */
function keyTtlSeconds(zoneKeyMs: number, keyKeyMs: number): number {
  const overlapMs = Math.min(zoneKeyMs, keyKeyOverlapMs(keyKeyMs), ZONE_KEY_OVERLAP_MS)
  return Math.max(1, Math.min(KEY_TTL_MAX_SECONDS, Math.floor(overlapMs / 2000)))
}

function keyOf(
  secret: Uint8Array,
  zone: Name,
  algorithm: 13 | 15,
  role: KeyRole,
  period: number,
  withdrawnMs: number,
): ZoneKey {
  const keys = mapIn(kept, secret)
  const use = `${role} ${period} ${zone === '' ? '.' : zone}`
  const cached = keys.get(`${algorithm} ${use}`)
  if (cached !== undefined && cached.withdrawnMs === withdrawnMs) return cached
  const { privateKey, publicKey } = derivedKeyPair(secret, algorithm, use)
  const flags = role === 'key-signing' ? KEY_FLAG.ZONE | KEY_FLAG.ENTRY : KEY_FLAG.ZONE
  const data = encodeDnskey(flags, algorithm, publicKey)
  const made: ZoneKey = { role, period, algorithm, tag: keyTag(data), data, privateKey, withdrawnMs }
  return keep(keys, `${algorithm} ${use}`, made)
}

function mapIn<T>(maps: WeakMap<Uint8Array, Map<string, T>>, secret: Uint8Array): Map<string, T> {
  const known = maps.get(secret)
  if (known !== undefined) return known
  const made = new Map<string, T>()
  maps.set(secret, made)
  return made
}

function keep<T>(map: Map<string, T>, key: string, value: T): T {
  map.delete(key)
  const oldest = map.size >= KEPT_MAX ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
  return value
}

/** The DNSKEY set; undefined where the zone is to have none. */
export function dnskeySet(keys: KeySet, signing: Signing): RecordSet | undefined {
  if (signing.broken === 'no-dnskey') return undefined
  return { type: TYPE.DNSKEY, ttlSeconds: keys.ttlSeconds, data: keys.published.map((key) => key.data) }
}

/** What the zone wishes its parent to stand for (RFC 7344 §3.2). */
export function cdnskeySet(keys: KeySet): RecordSet {
  return { type: TYPE.CDNSKEY, ttlSeconds: keys.ttlSeconds, data: keys.keySigning.map((key) => key.data) }
}

/** The key-signing key after those that are published now: a trust anchor that names it too lasts for a period longer. */
export function followingKey(secret: Uint8Array, zone: Name, signing: Signing, wallMs: number): ZoneKey | undefined {
  const plan = keyKeyPlan(signing, wallMs)
  if (plan === FOREVER) return undefined
  const period = (plan.periods.at(-1) ?? plan.active) + 1
  return keyOf(secret, zone, signing.algorithm, 'key-signing', period, plan.withdrawnMs(period))
}
