// Opens the zones of a world and says of each host which of them it serves, and how.

import { hkdfSync } from 'node:crypto'
import { familyOf, type Address } from '../../core/address.ts'
import type { Journal } from '../../core/journal.ts'
import type { Name, NamedRecord, Zone } from '../../core/world-view.ts'
import type { LiveZone, RootView, ServedZone, Signing, TransactionKey, TransferSource } from '../../core/zones.ts'
import { openCopy, openZone, type ZoneProblem, type ZoneSource } from '../../zones/index.ts'
import { parseIp } from '../address.ts'
import type { PlannedZone } from '../world/hierarchy.ts'
import type { AccessSettings, Host, KeySettings, ServerAt, World } from '../world/model.ts'
import { Lab } from './lab.ts'

const DNS_PORT = 53
/** Octets that each hash gives, which is what RFC 2104 §3 asks of a key. */
const KEY_BYTES = {
  'hmac-sha1': 20,
  'hmac-sha224': 28,
  'hmac-sha256': 32,
  'hmac-sha384': 48,
  'hmac-sha512': 64,
} as const

export interface NameOptions {
  readonly world: World
  readonly plan: ReadonlyMap<Name, PlannedZone>
  /** As they follow from the world, by the names in the plan. */
  readonly zones: readonly Zone[]
  readonly secret: Uint8Array
  /** The contents of a zone file that the world file names. */
  source(path: string): ZoneSource
  /** Where the edits of a zone outlive the process; `host`: of a copy that it has of its own. Undefined: nowhere. */
  kept(zone: Name, host?: Name): Journal | undefined
  /** Hears of what cannot be served. */
  problem(zone: Name, problem: ZoneProblem): void
}

export interface WorldNames {
  readonly root: RootView
  readonly keys: readonly TransactionKey[]
  readonly lab: Lab
  served(host: Host): readonly ServedZone[]
  /** The zone as the host has it that holds it; for a name, the closest one at or above it. */
  zone(apex: Name): LiveZone | undefined
  zoneAbove(name: Name): LiveZone | undefined
  /** All of them, the root first; servers by name. */
  zones(): readonly { readonly name: Name; readonly servers: readonly Name[]; readonly signed: boolean }[]
}

export function openNames(options: NameOptions): WorldNames {
  return new OpenNames(options)
}

class OpenNames implements WorldNames {
  readonly root: RootView
  readonly keys: readonly TransactionKey[]
  readonly lab: Lab
  readonly #options: NameOptions
  readonly #derived: ReadonlyMap<Name, readonly NamedRecord[]>
  /** By zone; a secondary's copies by zone and host. */
  readonly #open = new Map<string, LiveZone>()

  constructor(options: NameOptions) {
    const { world, plan, zones, secret } = options
    const top = plan.get('')
    this.#options = options
    this.#derived = new Map(zones.map((zone) => [zone.name, zone.records]))
    this.root = {
      servers: (top?.servers ?? []).map(({ name, addresses }) => ({ name, addresses })),
      signing: top?.signing,
    }
    this.keys = world.names.keys.map((key) => keyOf(key, secret))
    this.lab = new Lab(world)
  }

  served(host: Host): readonly ServedZone[] {
    return Array.from(this.#options.plan.values()).flatMap((zone) => {
      const rank = zone.servers.findIndex((server) => server.name === host.name)
      return rank === -1 ? [] : [this.#serve(zone, host, rank)]
    })
  }

  zone(apex: Name): LiveZone | undefined {
    const planned = this.#options.plan.get(apex)
    const [holder] = planned?.servers ?? []
    return planned && this.#zoneOn(planned, holder?.name ?? '', 0)
  }

  zoneAbove(name: Name): LiveZone | undefined {
    for (let at = name; ; at = at.slice(at.indexOf('.') + 1)) {
      const zone = this.zone(at)
      if (zone !== undefined || at === '') return zone
      if (!at.includes('.')) return this.zone('')
    }
  }

  zones() {
    return Array.from(this.#options.plan.values(), ({ name, servers, signing }) => ({
      name,
      servers: servers.map((server) => server.name),
      signed: signing !== undefined,
    }))
  }

  #serve(zone: PlannedZone, host: Host, rank: number): ServedZone {
    const { domain, servers, name } = zone
    const [holder] = servers
    const outside = domain?.sources ?? []
    const isCopy = rank > 0 || outside.length > 0
    const others = servers.filter((server) => server.name !== host.name)
    const siblings = others.flatMap(({ addresses }) => addresses)
    const told = (domain?.notify ?? []).flatMap((at) => this.#addressesOf(at))
    return {
      zone: this.#zoneOn(zone, host.name, rank),
      role: isCopy ? 'secondary' : 'primary',
      sources: isCopy ? (rank > 0 ? sourcesAt(holder, host) : outside.flatMap((at) => this.#sourcesOf(at))) : [],
      notify: rank > 0 ? told : [...others.flatMap((server) => reachedFrom(host, server).slice(0, 1)), ...told],
      transfer: this.#access(domain?.transfer, siblings),
      update: this.#access(domain?.update, []),
      signing: isCopy ? undefined : zone.signing,
      signedBelow: this.#signedBelow(name),
    }
  }

  #zoneOn(planned: PlannedZone, host: Name, rank: number): LiveZone {
    const { name, domain } = planned
    const isCopy = rank > 0 || (domain?.sources ?? []).length > 0
    const key = isCopy ? `${name} ${host}` : name
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const kept = isCopy ? this.#options.kept(name, host) : this.#options.kept(name)
    const own = { apex: name, ...(kept === undefined ? {} : { kept }) }
    const zone = isCopy ? openCopy(own) : this.#openPrimary(planned, own)
    this.#open.set(key, zone)
    return zone
  }

  #openPrimary({ name, domain }: PlannedZone, own: { readonly apex: Name; readonly kept?: Journal }): LiveZone {
    const { source, problem } = this.#options
    const path = domain?.zoneFile
    return openZone({
      ...own,
      records: domain?.records ?? [],
      derived: this.#derived.get(name) ?? [],
      ...(path === undefined ? {} : { file: source(path) }),
      problems: (found) => problem(name, found),
    })
  }

  #signedBelow(name: Name): ReadonlyMap<Name, Signing> {
    const below = Array.from(this.#options.plan.values()).filter(({ parent }) => parent === name)
    return new Map(below.flatMap((zone) => (zone.signing === undefined ? [] : [[zone.name, zone.signing] as const])))
  }

  #access(settings: AccessSettings | undefined, peers: readonly string[]) {
    if (settings === undefined) return { peers, keys: [] }
    return { peers: [...peers, ...settings.peers.flatMap((word) => this.#peersOf(word))], keys: settings.keys }
  }

  #peersOf(word: string): readonly string[] {
    return this.#hostNamed(word)?.addresses ?? [word]
  }

  #addressesOf({ server, port }: ServerAt): readonly Address[] {
    const ip = parseIp(server)
    return (ip === undefined ? (this.#hostNamed(server)?.addresses ?? []) : [ip]).map((one) => ({ ip: one, port }))
  }

  #sourcesOf(at: ServerAt): readonly TransferSource[] {
    const { key } = at
    return this.#addressesOf(at).map((address) => (key === undefined ? { address } : { address, key }))
  }

  #hostNamed(name: string): Host | undefined {
    return this.#options.world.hosts.find((host) => host.name === name || host.aliases.includes(name))
  }
}

function sourcesAt(holder: Host | undefined, host: Host): readonly TransferSource[] {
  return holder === undefined ? [] : reachedFrom(host, holder).map((address) => ({ address }))
}

/** Where `to` serves names, of the families that `from` has. */
function reachedFrom(from: Host, to: Host): readonly Address[] {
  const families = new Set(from.addresses.map(familyOf))
  return to.addresses.filter((ip) => families.has(familyOf(ip))).map((ip) => ({ ip, port: DNS_PORT }))
}

/** A secret of the world's own is as long as the hash of its algorithm. */
function keyOf({ name, algorithm, secret }: KeySettings, worldSecret: Uint8Array): TransactionKey {
  const made = () => new Uint8Array(hkdfSync('sha256', worldSecret, '', `tsig ${name}`, KEY_BYTES[algorithm]))
  return { name, algorithm, secret: secret ?? made() }
}
