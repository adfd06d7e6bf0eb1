// What a running world answers about its names, and what may be changed in them while it runs.

import type { Name } from '../../core/world-view.ts'
import { isFailure } from '../../core/failure.ts'
import type { LiveZone, Removal, ZoneEdit, ZoneRecord, ZoneVersion } from '../../core/zones.ts'
import { parseWith } from '../../core/config.ts'
import { isConfigError } from '../../core/failure.ts'
import { foldName, formatName, isWithin } from '../../shared/dns/codec/name.ts'
import { formatRdata, parseRdata } from '../../shared/dns/codec/rdata.ts'
import { TYPE, isMalformed, rcodeName, typeName, typeNumber } from '../../shared/dns/messages.ts'
import { failureShape } from '../world/dns-schema.ts'
import { orderedFailure } from '../world/dns-settings.ts'
import { namesOfHosts } from '../world/rules.ts'
import type { OrderedFailure, World } from '../world/model.ts'
import { parseRecordLine } from '../world/record-line.ts'
import type { WorldNames } from './names.ts'
import type {
  AnchorView,
  EditOutcome,
  FailureView,
  KeyView,
  NameEdit,
  NameQuery,
  QueryView,
  RecordView,
  ZoneSummary,
} from './view.ts'

interface Refusal {
  readonly refused: string
}

/** What an `Assembly` has. */
export interface NameCallsOptions {
  readonly world: World
  readonly state: { readonly names: WorldNames }
  readonly secret: Uint8Array
  wallMs(): number
  /** Left out of what does not run. */
  query?(asked: NameQuery): Promise<QueryView | Refusal>
}

/** Records that are shown at once. Ours: a zone of this size is some 20 MB of JSON. */
const SHOWN_MAX = 200_000

export function nameCalls({ world, state: { names }, secret, wallMs, query }: NameCallsOptions) {
  return {
    zones: (): readonly ZoneSummary[] => names.zones().map((zone) => summaryOf(names, zone)),
    records: (name: string): readonly RecordView[] | Refusal => recordsAt(names, foldedName(name)),
    editNames: (edit: NameEdit): Promise<EditOutcome | Refusal> => editNames(names, edit),
    queryNames: async (asked: NameQuery): Promise<QueryView | Refusal> =>
      query === undefined ? { refused: 'this world does not run' } : query(asked),
    failures: (): readonly FailureView[] =>
      names.lab.standing.map(({ id, ordered, done }) => ({
        id,
        do: ordered.mistake.kind === 'rcode' ? rcodeName(ordered.mistake.rcode).toLowerCase() : ordered.mistake.kind,
        when: whenOf(ordered),
        done,
      })),
    orderFailure: (given: unknown): FailureView | Refusal => orderFailure(world, names, given),
    cancelFailures: (id: number | undefined): number => names.lab.cancel(id),
    async anchors(): Promise<AnchorView> {
      const { anchorsOf } = await import('./anchors.ts')
      return anchorsOf(names.root, secret, wallMs())
    },
    transactionKeys: (): readonly KeyView[] =>
      names.keys.map((key) => ({ ...key, secret: Buffer.from(key.secret).toString('base64') })),
  }
}

/** As people write names: a dot at the end, capitals. */
function foldedName(text: string): Name {
  return foldName(text.endsWith('.') ? text.slice(0, -1) : text)
}

function summaryOf(names: WorldNames, { name, servers, signed }: ReturnType<WorldNames['zones']>[number]): ZoneSummary {
  const version = names.zone(name)?.current
  return { zone: formatName(name), serial: version?.serial ?? null, records: version?.count ?? 0, servers, signed }
}

/** Those of a whole zone, or of a name and all below it. */
function recordsAt(names: WorldNames, name: Name): readonly RecordView[] | Refusal {
  const zone = names.zoneAbove(name)
  const version = zone?.current
  if (zone === undefined || version === undefined) return { refused: `no zone of this world holds ${formatName(name)}` }
  const found: RecordView[] = []
  for (const record of version.records()) {
    if (!isWithin(record.name, name)) continue
    if (found.length === SHOWN_MAX) return { refused: `more than ${SHOWN_MAX} records: transfer the zone by dig AXFR` }
    found.push(viewOf(record))
  }
  return found.length > 0 ? found : { refused: `${formatName(zone.apex)} has nothing at or below ${formatName(name)}` }
}

function viewOf({ name, ttlSeconds, type, data }: ZoneRecord): RecordView {
  return { name: formatName(name), ttl: ttlSeconds, type: typeName(type), data: formatRdata(type, data) }
}

async function editNames(names: WorldNames, { add, remove, replace }: NameEdit): Promise<EditOutcome | Refusal> {
  const added: ZoneRecord[] = []
  for (const line of add) {
    const record = recordIn(line)
    if ('refused' in record) return record
    added.push(record)
  }
  const removals: Removal[] = []
  for (const one of remove) {
    const removal = removalOf(one)
    if ('refused' in removal) return removal
    removals.push(removal)
  }
  const touched = [...added, ...removals].map((one) => one.name)
  const zone = oneZone(names, touched)
  if ('refused' in zone) return zone
  const cleared = replace ? added.map(({ name, type }) => ({ name, type })) : []
  return changed(zone, { remove: [...removals, ...cleared], add: added })
}

async function changed(zone: LiveZone, edit: ZoneEdit): Promise<EditOutcome | Refusal> {
  const before = zone.current
  if (before === undefined) return { refused: `${formatName(zone.apex)} cannot be read, so it cannot be changed` }
  const after = await zone.change(edit)
  if (isFailure(after)) return { refused: after.message }
  const [gone, come] = [missing(before, after, edit), missing(after, before, edit)]
  return { zone: formatName(zone.apex), serial: after.serial, added: come, removed: gone }
}

/** The records of the names that an edit touches which `one` has and `other` has not; SOA aside. */
function missing(one: ZoneVersion, other: ZoneVersion, edit: ZoneEdit): RecordView[] {
  const names = new Set([...edit.remove, ...edit.add].map(({ name }) => name))
  return Array.from(names).flatMap((name) =>
    (one.setsAt(name) ?? []).flatMap((set) => {
      if (set.type === TYPE.SOA) return []
      const same = other.setAt(name, set.type)
      const fresh = set.data.filter(
        (data) => same?.ttlSeconds !== set.ttlSeconds || !same.data.some((known) => Buffer.compare(known, data) === 0),
      )
      return fresh.map((data) => viewOf({ name, type: set.type, ttlSeconds: set.ttlSeconds, data }))
    }),
  )
}

function oneZone(names: WorldNames, touched: readonly Name[]): LiveZone | Refusal {
  const zones = new Set(touched.map((name) => names.zoneAbove(name)))
  const [zone] = zones
  if (zone === undefined) return { refused: 'no zone of this world holds that name' }
  return zones.size === 1 ? zone : { refused: 'these names lie in different zones: change one zone at a time' }
}

/** `www.harbor.test 60 A 192.0.2.7`, all names absolute. */
function recordIn(line: string): ZoneRecord | Refusal {
  const record = parseRecordLine(line, '')
  if ('message' in record) return { refused: record.message }
  const type = typeNumber(record.type) ?? 0
  const data = parseRdata(type, record.data)
  if (isMalformed(data)) return { refused: `${record.type}: ${data.reason}` }
  return { name: foldName(record.name), type, ttlSeconds: record.ttlSeconds, data }
}

function removalOf({ name, type, data }: NameEdit['remove'][number]): Removal | Refusal {
  const folded = foldedName(name)
  if (type === undefined) return { name: folded }
  const number = typeNumber(type)
  if (number === undefined) return { refused: `"${type}" is no record type` }
  if (data === undefined) return { name: folded, type: number }
  const bytes = parseRdata(number, data)
  return isMalformed(bytes) ? { refused: `${type}: ${bytes.reason}` } : { name: folded, type: number, data: bytes }
}

function orderFailure(world: World, names: WorldNames, given: unknown): FailureView | Refusal {
  const shape = parseWith(failureShape, given)
  if (isConfigError(shape)) {
    return { refused: shape.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') }
  }
  const ordered = orderedFailure(shape, { names: namesOfHosts(world.hosts), services: new Set() })
  if ('message' in ordered) return { refused: `${ordered.key}: ${ordered.message}` }
  const id = names.lab.order(ordered)
  return isFailure(id) ? { refused: id.message } : { id, do: shape.do, when: whenOf(ordered), done: 0 }
}

function whenOf({ name, type, host, peer, count }: OrderedFailure): string {
  const what = type === undefined ? 'all types' : typeName(type)
  const parts = [
    `${what} of ${name ?? 'all names'}`,
    ...(host === undefined ? [] : [`at ${host}`]),
    ...(peer === undefined ? [] : [`for ${peer}`]),
    ...(count === undefined ? [] : [count === 1 ? 'once' : `${count} times`]),
  ]
  return parts.join(', ')
}
