// From the plain data of a world file to a World. Knows nothing of YAML: problems carry paths, load.ts their places.

import type { ConfigError } from '../../core/failure.ts'
import { clockSettings } from './clock-schema.ts'
import { didYouMean } from '../../core/closest.ts'
import type { Service } from '../../core/service.ts'
import { draftDomains, impliedDomains, resolveDomains, type DomainDraft } from './domains.ts'
import { resolveNameSettings } from './dns-settings.ts'
import { resolveHosts } from './hosts.ts'
import { DOMAINS_MAX, HOSTS_MAX, PORT_ASSIGNMENTS_MAX, USERS_MAX } from './limits.ts'
import type { PortAssignment, User, World } from './model.ts'
import { domainOf } from './names.ts'
import { Problems, type Path } from './problems.ts'
import { referentsOf, resolveFaults, resolveFirewall } from './rules.ts'
import { portShape, userShape, worldShape, type UserShape, type WorldShape } from './schema.ts'
import { unknownService, type ServiceOptions } from './service-entries.ts'

export interface ResolveOptions extends ServiceOptions {
  /** Where relative paths in the file start. */
  readonly folder: string | undefined
}

/** The world that `data` describes, or every problem in it at once. */
export function resolveWorld(data: unknown, options: ResolveOptions): World | ConfigError {
  const problems = new Problems()
  const shape = problems.take([], worldShape, data ?? {}) ?? {}
  const drafts = domainDrafts(shape, problems)
  const hosts = resolveHosts(
    section(shape.hosts, 'hosts', HOSTS_MAX, problems),
    drafts.map((draft) => draft.name),
    options,
    problems,
  )
  const ports = resolvePorts(section(shape.ports, 'ports', PORT_ASSIGNMENTS_MAX, problems), options.services, problems)
  const referents = referentsOf(hosts, Object.keys(shape.hosts ?? {}), options.services, ports)
  const names = resolveNameSettings(shape.dns, referents, problems)
  const keys = new Set(names.keys.map((key) => key.name))
  const world: World = {
    name: shape.name ?? 'world',
    seed: shape.seed ?? 1,
    domains: resolveDomains(drafts, { hosts, referents, keys }, problems),
    names,
    hosts,
    users: resolveUsers(section(shape.users, 'users', USERS_MAX, problems), drafts, problems),
    firewall: resolveFirewall(shape.firewall, referents, problems),
    faults: resolveFaults(shape.faults ?? [], referents, problems),
    ports,
    ...(shape.clock ? { clock: clockSettings(shape.clock) } : {}),
    catchAll: shape['catch-all'] ?? false,
    folder: options.folder,
  }
  return problems.found.length > 0 ? { kind: 'config-error', problems: problems.found } : world
}

type Section = Readonly<Record<string, unknown>>

function section(input: Section | null | undefined, name: string, most: number, problems: Problems): Section {
  const entries = Object.entries(input ?? {})
  if (entries.length <= most) return input ?? {}
  problems.add([name], `a world has at most ${most} ${name}; this one has ${entries.length}`)
  return Object.fromEntries(entries.slice(0, most))
}

function domainDrafts(shape: WorldShape, problems: Problems): DomainDraft[] {
  if (shape.domains === undefined) return impliedDomains(Object.keys(shape.hosts ?? {})).slice(0, DOMAINS_MAX)
  return draftDomains(section(shape.domains, 'domains', DOMAINS_MAX, problems), problems)
}

function resolveUsers(input: Section, domains: readonly DomainDraft[], problems: Problems): User[] {
  const names = domains.map((domain) => domain.name)
  const seen = new Set<string>()
  return Object.entries(input).flatMap(([key, value]) => {
    const path: Path = ['users', key]
    const address = key.toLowerCase()
    const why = seen.has(address) ? `${address} stands here twice` : whyNoUser(address, names)
    if (why !== undefined) problems.add(path, why, 'key')
    seen.add(address)
    const shape = problems.take(path, userShape, typeof value === 'string' ? { password: value } : value)
    return shape && why === undefined ? [userOf(address, shape)] : []
  })
}

function userOf(address: string, { password, keys, 'one-time-code': oneTimeSecret }: UserShape): User {
  return {
    address,
    password,
    ...(keys === undefined ? {} : { keys: [keys].flat() }),
    ...(oneTimeSecret === undefined ? {} : { oneTimeSecret }),
  }
}

/** The local part is a dot-atom (RFC 5321 §4.1.2), at most 64 octets (§4.5.3.1.1). */
const USER = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(.+)$/

function whyNoUser(address: string, domains: readonly string[]): string | undefined {
  const domain = USER.exec(address)?.[1]
  if (domain === undefined || address.indexOf('@') > 64)
    return `"${address}" is no user: expected an address such as alice@harbor.test`
  if (domainOf(domain, domains) !== undefined) return undefined
  return `the domain of "${address}" is not of this world${didYouMean(domain, domains)}`
}

function resolvePorts(input: Section, services: readonly Service[], problems: Problems): PortAssignment[] {
  return Object.entries(input).flatMap(([key, value]) => {
    const path: Path = ['ports', key]
    const port = /^\d{1,5}$/.test(key) ? Number(key) : Infinity
    if (port > 65_535) problems.add(path, `"${key}" is no port: expected a number from 0 to 65535`, 'key')
    const shape = problems.take(path, portShape, value)
    if (!shape) return []
    if (shape.service !== undefined && !services.some((service) => service.name === shape.service)) {
      problems.add([...path, 'service'], unknownService(shape.service, services))
    }
    return [
      {
        port,
        name: shape.name,
        description: shape.description ?? '',
        ...(shape.transport && { transport: shape.transport }),
        ...(shape.service !== undefined && { service: shape.service }),
      },
    ]
  })
}
