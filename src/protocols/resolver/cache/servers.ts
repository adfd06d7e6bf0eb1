// What is known of name servers by address: how fast they answer, whether they rest, for which zones they are lame, what
// they cannot do. Times are the machine's.

import type { DomainName } from '../../../shared/dns/messages.ts'
import {
  DOUBT_MS,
  LAME_MS,
  REST_FIRST_MS,
  REST_MAX_MS,
  SERVERS_MAX,
  SILENCES_MAX,
  TRY_FIRST_MS,
  TRY_MAX_MS,
  TRY_MIN_MS,
} from '../limits.ts'

/** Weight of a new round trip, and of its distance from what was expected (RFC 6298 §2). */
const RTT_GAIN = 1 / 8
const DEVIATION_GAIN = 1 / 4
/** What those that are not asked lose each time, so that their turn comes (as BIND does). */
const DECAY = 0.98
/** Zones for which one server is remembered as lame, or as doubted. Ours. */
const LAME_ZONES_MAX = 64
/** Milliseconds for which a server counts as unable. Unbound's `infra-host-ttl`. */
const INABILITY_MS = 900_000
/** The same for UDP, since packets that were lost look alike. Ours. */
const DEAF_MS = 60_000

export interface Server {
  readonly ip: string
  /** Undefined: never heard. */
  rttMs: number | undefined
  deviationMs: number
  silences: number
  restsUntilMs: number
  /** Until when it is asked without EDNS (RFC 6891 §6.2.2). */
  plainUntilMs: number
  /** Until when it is asked in lower case: it does not echo names as they came. */
  caselessUntilMs: number
  /** Until when it is asked over TCP: over UDP it was silent, and over TCP it was not. */
  deafUntilMs: number
  readonly lame: Map<DomainName, number>
  /** Zones for which others are asked first, if they gave less reason for it. */
  readonly doubted: Map<DomainName, { readonly times: number; readonly untilMs: number }>
}

export class ServerTable {
  readonly #servers = new Map<string, Server>()

  at(ip: string): Server {
    const known = this.#servers.get(ip)
    if (known !== undefined) return known
    const fresh: Server = {
      ip,
      rttMs: undefined,
      deviationMs: 0,
      silences: 0,
      restsUntilMs: 0,
      plainUntilMs: 0,
      caselessUntilMs: 0,
      deafUntilMs: 0,
      lame: new Map(),
      doubted: new Map(),
    }
    if (this.#servers.size >= SERVERS_MAX) {
      const oldest = this.#servers.keys().next()
      if (oldest.done !== true) this.#servers.delete(oldest.value)
    }
    this.#servers.set(ip, fresh)
    return fresh
  }

  clear(): void {
    this.#servers.clear()
  }
}

export function answered(server: Server, rttMs: number): void {
  const before = server.rttMs
  server.silences = 0
  server.restsUntilMs = 0
  if (before === undefined) server.deviationMs = rttMs / 2
  else server.deviationMs += (Math.abs(before - rttMs) - server.deviationMs) * DEVIATION_GAIN
  server.rttMs = before === undefined ? rttMs : before + (rttMs - before) * RTT_GAIN
}

/** It did not answer in time; after a few times it rests, longer each time. */
export function silent(server: Server, waitedMs: number, nowMs: number): void {
  server.silences += 1
  server.rttMs = Math.min(TRY_MAX_MS, Math.max(server.rttMs ?? 0, waitedMs))
  if (server.silences < SILENCES_MAX) return
  const restMs = REST_FIRST_MS * 2 ** Math.min(16, server.silences - SILENCES_MAX)
  server.restsUntilMs = nowMs + Math.min(REST_MAX_MS, restMs)
}

/** Milliseconds to wait for its answer; `tries` counts those before in this step. */
export function waitFor(server: Server, tries: number): number {
  const usual = server.rttMs === undefined ? TRY_FIRST_MS : server.rttMs + 4 * server.deviationMs
  return Math.min(TRY_MAX_MS, Math.max(TRY_MIN_MS, usual) * 2 ** tries)
}

export function markLame(server: Server, zone: DomainName, nowMs: number): void {
  if (server.lame.size >= LAME_ZONES_MAX) server.lame.clear()
  server.lame.set(zone, nowMs + LAME_MS)
}

export function isLame(server: Server, zone: DomainName, nowMs: number): boolean {
  return (server.lame.get(zone) ?? 0) > nowMs
}

/** An answer of its own did not validate. */
export function doubt(server: Server, zone: DomainName, nowMs: number): void {
  if (server.doubted.size >= LAME_ZONES_MAX) server.doubted.clear()
  server.doubted.set(zone, { times: doubts(server, zone, nowMs) + 1, untilMs: nowMs + DOUBT_MS })
}

/** How often that was, of late. */
export function doubts(server: Server, zone: DomainName, nowMs: number): number {
  const known = server.doubted.get(zone)
  return known !== undefined && known.untilMs > nowMs ? known.times : 0
}

export function markPlain(server: Server, nowMs: number): void {
  server.plainUntilMs = nowMs + INABILITY_MS
}

export function markDeaf(server: Server, nowMs: number): void {
  server.deafUntilMs = nowMs + DEAF_MS
}

export function markCaseless(server: Server, nowMs: number): void {
  server.caselessUntilMs = nowMs + INABILITY_MS
}

/** The fastest, those of which nothing is known before all others; the rest comes a little closer to its turn. */
export function fastest(servers: readonly Server[]): Server | undefined {
  let best: Server | undefined
  for (const one of servers) if (best === undefined || (one.rttMs ?? -1) < (best.rttMs ?? -1)) best = one
  for (const one of servers) if (one !== best && one.rttMs !== undefined) one.rttMs *= DECAY
  return best
}
