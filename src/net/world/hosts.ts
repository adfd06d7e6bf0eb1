// The hosts of a world file: names, aliases, addresses. Their services are read in service-entries.ts.

import { closest } from '../../core/closest.ts'
import type { Name } from '../../core/world-view.ts'
import { planAddresses } from '../address-plan.ts'
import { parseIp, whyUnusable } from '../address.ts'
import { NAMES_PER_HOST_MAX } from './limits.ts'
import type { Host } from './model.ts'
import { domainOf, parseHostName } from './names.ts'
import type { Path, Problems } from './problems.ts'
import { hostShape, type HostShape } from './schema.ts'
import { serviceEntries, type ServiceOptions } from './service-entries.ts'

interface Draft {
  readonly name: Name
  /** Leads to the host in the file. */
  readonly path: Path
  /** Leads to the list of its services. */
  readonly servicesPath: Path
  readonly shape: HostShape
  readonly aliases: readonly Placed[]
  readonly addresses: readonly Placed[]
}

/** A name or an address, and where in the file it stands. */
interface Placed {
  readonly text: string
  readonly path: Path
}

/** `domains` are the canonical names of the world's domains, in the order of the file. */
export function resolveHosts(
  input: Readonly<Record<string, unknown>>,
  domains: readonly Name[],
  options: ServiceOptions,
  problems: Problems,
): Host[] {
  const drafts = Object.entries(input).flatMap(([key, value]) => draftOf(key, value, domains, problems) ?? [])
  refuseRepetitions(drafts, problems)
  const all = drafts.some((draft) => draft.shape.client) ? drafts : [...drafts, addedClient(drafts)]
  const addresses = planAddresses(
    all.map((draft) => ({ block: blockOf(draft, domains), named: draft.addresses.map((address) => address.text) })),
  )
  return all.map((draft, at) => ({
    name: draft.name,
    aliases: draft.aliases.map((alias) => alias.text),
    addresses: addresses[at] ?? [],
    services: serviceEntries(draft.shape.services ?? [], draft.servicesPath, options, problems),
    client: draft.shape.client ?? false,
  }))
}

/** `run` needs a client: where the file has none, this one stands at the end. */
function addedClient(drafts: readonly Draft[]): Draft {
  const taken = new Set(drafts.flatMap((draft) => [draft.name, ...draft.aliases.map((alias) => alias.text)]))
  let name = 'laptop'
  for (let number = 2; taken.has(name); number++) name = `laptop-${number}`
  return { name, path: [], servicesPath: [], shape: { client: true }, aliases: [], addresses: [] }
}

/** Hosts outside of every domain share a block of their own behind the domains'. */
function blockOf(draft: Draft, domains: readonly Name[]): number | 'clients' {
  if (draft.shape.client) return 'clients'
  const domain = domainOf(draft.name, domains)
  return domain === undefined ? domains.length : domains.indexOf(domain)
}

function draftOf(key: string, value: unknown, domains: readonly Name[], problems: Problems): Draft | undefined {
  const path: Path = ['hosts', key]
  const name = nameIn({ text: key, path }, domains, problems, 'key')
  const shape = problems.take(path, hostShape, longForm(value))
  if (name === undefined || !shape) return undefined
  const servicesPath = typeof value === 'object' && !Array.isArray(value) ? [...path, 'services'] : path
  const aliases = placed(shape.aliases ?? [], [...path, 'aliases'], problems).flatMap((alias) => {
    const text = nameIn(alias, domains, problems)
    return text === undefined ? [] : [{ text, path: alias.path }]
  })
  return { name, path, servicesPath, shape, aliases, addresses: addressesOf(shape, path, problems) }
}

/** From the short forms: nothing, one service, a list of services. */
function longForm(value: unknown): unknown {
  if (value === null || value === undefined) return {}
  if (typeof value === 'string') return { services: [value] }
  return Array.isArray(value) ? { services: value } : value
}

function placed(texts: readonly string[], path: Path, problems: Problems): Placed[] {
  if (texts.length > NAMES_PER_HOST_MAX) problems.add(path, `at most ${NAMES_PER_HOST_MAX} for one host`)
  return texts.slice(0, NAMES_PER_HOST_MAX).map((text, at) => ({ text, path: [...path, at] }))
}

function nameIn({ text, path }: Placed, domains: readonly Name[], problems: Problems, at?: 'key'): Name | undefined {
  const name = parseHostName(text)
  if (name === undefined) {
    problems.add(path, `"${text}" is no name for a host: letters, digits and hyphens, joined by dots`, at)
  } else if (name.includes('.') && domainOf(name, domains) === undefined) {
    problems.add(path, `"${name}" lies in no domain of this world; ${wayIn(name, domains)}`, at)
    return undefined
  }
  return name
}

/** Suggests the nearest domain, else to add one. */
function wayIn(name: Name, domains: readonly Name[]): string {
  const labels = name.split('.')
  const parents = labels.map((_, at) => labels.slice(at).join('.'))
  for (const [at, parent] of parents.slice(0, -1).entries()) {
    const domain = closest(parent, domains)
    if (domain !== undefined) return `did you mean "${[...labels.slice(0, at), domain].join('.')}"?`
  }
  return `add "${parents.at(-2)}: {}" under domains`
}

function addressesOf(shape: HostShape, path: Path, problems: Problems): Placed[] {
  const where: Path = [...path, 'address']
  const listed = typeof shape.address === 'string' ? [{ text: shape.address, path: where }] : undefined
  return (listed ?? placed([shape.address ?? []].flat(), where, problems)).flatMap((address) => {
    const ip = parseIp(address.text)
    const why = ip === undefined ? 'is no IP address: expected one such as 192.0.2.10 or 2001:db8::10' : whyUnusable(ip)
    if (why !== undefined) problems.add(address.path, `${address.text} ${why}`)
    return ip === undefined || why !== undefined ? [] : [{ text: ip, path: address.path }]
  })
}

function refuseRepetitions(drafts: readonly Draft[], problems: Problems): void {
  const owners = new Map<string, Name>()
  const claim = (what: Placed, owner: Name, at?: 'key'): void => {
    const other = owners.get(what.text)
    if (other !== undefined) problems.add(what.path, `${what.text} belongs to the host ${other} already`, at)
    owners.set(what.text, other ?? owner)
  }
  for (const { name, path } of drafts) claim({ text: name, path }, name, 'key')
  for (const { name, aliases, addresses } of drafts) {
    for (const what of [...aliases, ...addresses]) claim(what, name)
  }
}
