// The services of one host as the world file lists them: a name, or a name with settings.

import { didYouMean } from '../../core/closest.ts'
import type { Service } from '../../core/service.ts'
import { SERVICES_PER_HOST_MAX } from './limits.ts'
import type { ServiceEntry } from './model.ts'
import type { Path, Problems } from './problems.ts'

export interface ServiceOptions {
  readonly services: readonly Service[]
  /** Whether a folder can be read that the file names; relative paths start at the file's own. Left out: nobody looks. */
  folderExists?(folder: string): boolean
}

/** The entries that are right; what is wrong with the others goes to `problems`. */
export function serviceEntries(
  listed: readonly unknown[],
  path: Path,
  options: ServiceOptions,
  problems: Problems,
): ServiceEntry[] {
  if (listed.length > SERVICES_PER_HOST_MAX) problems.add(path, `a host has at most ${SERVICES_PER_HOST_MAX} services`)
  const owners = new Map<string, string>()
  return listed.slice(0, SERVICES_PER_HOST_MAX).flatMap((listedEntry, at) => {
    const named = nameAndSettings(listedEntry)
    if (!named)
      problems.add([...path, at], 'expected a service, or one service with its settings: "http: { port: 8080 }"')
    const entry = named && entryOf(named, [...path, at], options, problems)
    if (entry === undefined) return []
    refuseTakenPorts(entry, [...path, at], owners, problems)
    return [entry]
  })
}

/** `owners` leads from each port of the host to the service that has it. */
function refuseTakenPorts(entry: ServiceEntry, path: Path, owners: Map<string, string>, problems: Problems): void {
  for (const { transport, port } of entry.ports) {
    const place = `${port}/${transport}`
    const owner = owners.get(place)
    if (owner !== undefined) problems.add(path, `${place} of this host belongs to ${owner} already`)
    owners.set(place, owner ?? entry.service)
  }
}

interface Named {
  readonly name: string
  readonly settings: unknown
  /** Whether it stands as the key of a map. */
  readonly keyed: boolean
}

function nameAndSettings(entry: unknown): Named | undefined {
  if (typeof entry === 'string') return { name: entry, settings: undefined, keyed: false }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined
  const [first, ...others] = Object.entries(entry)
  return first && others.length === 0 ? { name: first[0], settings: first[1], keyed: true } : undefined
}

function entryOf(named: Named, path: Path, options: ServiceOptions, problems: Problems): ServiceEntry | undefined {
  const { name, settings, keyed } = named
  const inside = keyed ? [...path, name] : path
  const service = options.services.find((service) => service.name === name)
  if (!service) {
    problems.add(inside, unknownService(name, options.services), keyed ? 'key' : undefined)
    return undefined
  }
  const config = problems.parsed(inside, service.config.parse(settings))
  if (config === undefined) return undefined
  for (const { path: where, folder } of service.folders?.(config) ?? []) {
    if (options.folderExists?.(folder) === false) problems.add([...inside, ...where], `there is no folder "${folder}"`)
  }
  const agreedPorts = service.agreedPorts?.(config) ?? []
  return { service: name, config, ports: service.ports(config), ...(agreedPorts.length === 0 ? {} : { agreedPorts }) }
}

/** `service` where a name stands that no service has. */
export function unknownService(name: string, services: readonly Service[]): string {
  const names = services.map((service) => service.name)
  const known = names.length === 0 ? '' : `; known are ${names.join(', ')}`
  return `unknown service "${name}"${didYouMean(name, names) || known}`
}
