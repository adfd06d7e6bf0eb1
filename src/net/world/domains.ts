// The domains of a world file and the records that their owner adds, with the rules that records keep (RFC 1034 §3.6.2).

import type { Name, NamedRecord } from '../../core/world-view.ts'
import { RECORDS_PER_DOMAIN_MAX } from './limits.ts'
import type { Domain, Host } from './model.ts'
import { domainOf, parseHostName } from './names.ts'
import type { Path, Problems } from './problems.ts'
import { parseRecordLine } from './record-line.ts'
import { domainShape, type DomainShape } from './schema.ts'
import { servingOf, type ServingReferents } from './dns-settings.ts'

/** A domain whose record lines are not read yet. */
export interface DomainDraft {
  readonly name: Name
  readonly path: Path
  readonly lines: readonly string[]
  readonly shape: DomainShape
}

/** The key under which the root stands in a world file. */
const ROOT_KEY = '.'

export function draftDomains(input: Readonly<Record<string, unknown>>, problems: Problems): DomainDraft[] {
  const drafts = Object.entries(input).flatMap(([key, value]) => draftOf(key, value, problems) ?? [])
  const names = new Set<Name>()
  for (const { name, path } of drafts) {
    if (names.has(name)) problems.add(path, `the domain ${name} stands here twice`, 'key')
    names.add(name)
  }
  return drafts
}

function draftOf(key: string, value: unknown, problems: Problems): DomainDraft | undefined {
  const path: Path = ['domains', key]
  const name = key === ROOT_KEY ? '' : parseHostName(key)
  if (name === undefined)
    problems.add(path, `"${key}" is no name for a domain: letters, digits and hyphens, joined by dots`, 'key')
  const shape = problems.take(path, domainShape, value ?? {})
  const lines = shape?.records ?? []
  if (lines.length > RECORDS_PER_DOMAIN_MAX)
    problems.add([...path, 'records'], `a domain has at most ${RECORDS_PER_DOMAIN_MAX} records`)
  return name === undefined
    ? undefined
    : { name, path, lines: lines.slice(0, RECORDS_PER_DOMAIN_MAX), shape: shape ?? {} }
}

/** Where the file lists no domains, the last two labels of each host's name are one. */
export function impliedDomains(hostKeys: readonly string[]): DomainDraft[] {
  const names = hostKeys.map((key) => parseHostName(key)).filter((name) => name?.includes('.'))
  const domains = new Set(names.map((name) => name?.split('.').slice(-2).join('.') ?? ''))
  return Array.from(domains, (name) => ({ name, path: [], lines: [], shape: {} }))
}

interface PlacedRecord {
  readonly record: NamedRecord
  readonly path: Path
}

export function resolveDomains(drafts: readonly DomainDraft[], known: ServingReferents, problems: Problems): Domain[] {
  const { hosts } = known
  const domains = drafts.map((draft) => draft.name)
  return drafts.map((draft) => {
    const records = draft.lines.flatMap((line, at) => {
      const path: Path = [...draft.path, 'records', at]
      const record = recordIn(line, draft.name, domains, path, problems)
      return record ? [{ record, path }] : []
    })
    refuseMixedAliases(draft.name, records, hosts, problems)
    const serving = servingOf(draft.shape, draft.path, known, problems)
    return { name: draft.name, records: records.map(({ record }) => record), ...serving }
  })
}

function recordIn(
  line: string,
  domain: Name,
  domains: readonly Name[],
  path: Path,
  problems: Problems,
): NamedRecord | undefined {
  const record = parseRecordLine(line, domain)
  if ('message' in record) {
    problems.add(path, record.message)
    return undefined
  }
  const home = domainOf(record.name, domains) ?? rootAmong(domains)
  if (home === domain) return record
  problems.add(path, `"${record.name}" lies outside of ${domain}${home === undefined ? '' : `, in ${home}`}`)
  return undefined
}

/** Names outside of all domains lie in the root, where the file has one. */
function rootAmong(domains: readonly Name[]): Name | undefined {
  return domains.includes('') ? '' : undefined
}

function refuseMixedAliases(
  domain: Name,
  records: readonly PlacedRecord[],
  hosts: readonly Host[],
  problems: Problems,
): void {
  const counts = new Map<Name, number>()
  for (const { record } of records) counts.set(record.name, (counts.get(record.name) ?? 0) + 1)
  for (const { record, path } of records) {
    if (record.type !== 'CNAME') continue
    const why = whyNoAlias(record.name, domain, counts.get(record.name) ?? 0, hosts)
    if (why !== undefined) problems.add(path, `${record.name} cannot have a CNAME record: ${why}`)
  }
}

function whyNoAlias(name: Name, domain: Name, records: number, hosts: readonly Host[]): string | undefined {
  if (name === domain) return 'a domain itself holds SOA and NS records, and a CNAME stands alone'
  if (hosts.some((host) => host.name === name)) return 'it is a host with addresses, and a CNAME stands alone'
  const host = hosts.find((host) => host.aliases.includes(name))
  if (host) return `it is an alias of ${host.name} already`
  return records > 1 ? 'it has other records, and a CNAME stands alone' : undefined
}
