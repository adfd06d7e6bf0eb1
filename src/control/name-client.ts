// Asks a running world about its names.

import type { Failure } from '../core/failure.ts'
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
} from '../net/names/index.ts'
import { asked, has, isList } from './asked.ts'

export function askZones(folder: string): Promise<readonly ZoneSummary[] | Failure> {
  return asked(folder, 'zones', '', isList<ZoneSummary>)
}

export function askRecords(folder: string, name: string): Promise<readonly RecordView[] | Failure> {
  return asked(folder, 'records', name, isList<RecordView>)
}

export function askEdit(folder: string, edit: NameEdit): Promise<EditOutcome | Failure> {
  return asked(folder, 'edit-names', JSON.stringify(edit), has<EditOutcome>('serial'))
}

/** A walk may take as long as a resolver tries. */
const WALK_MAX_MS = 30_000

export function askQuery(folder: string, query: NameQuery): Promise<QueryView | Failure> {
  return asked(folder, 'query-names', JSON.stringify(query), has<QueryView>('rcode'), WALK_MAX_MS)
}

export function askFailures(folder: string): Promise<readonly FailureView[] | Failure> {
  return asked(folder, 'failures', '', isList<FailureView>)
}

/** `order`: as under `dns: failures` of a world file. */
export function askFailure(folder: string, order: object): Promise<FailureView | Failure> {
  return asked(folder, 'order-failure', JSON.stringify(order), has<FailureView>('id'))
}

/** How many went. */
export function askCancel(folder: string, id: string): Promise<number | Failure> {
  return asked(folder, 'cancel-failures', id, (value) => typeof value === 'number')
}

export function askAnchors(folder: string): Promise<AnchorView | Failure> {
  return asked(folder, 'anchors', '', has<AnchorView>('hints'))
}

export function askKeys(folder: string): Promise<readonly KeyView[] | Failure> {
  return asked(folder, 'transaction-keys', '', isList<KeyView>)
}
