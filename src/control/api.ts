// What a running world answers to other commands of the same user. Plain JSON, one line a message.

import type { Transport } from '../core/address.ts'
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
import type { ClockCalls } from '../net/clock/index.ts'
import type { MailFilter, MailSummary, MailTrace, MailView, MailWait } from '../net/mail/index.ts'

export const API_VERSION = 1

/** One port of one host. `bound` is where this machine holds it; undefined when it could not be. */
export interface PortStatus {
  readonly host: string
  readonly address: string
  readonly port: number
  readonly transport: Transport
  readonly service: string
  readonly bound?: { readonly ip: string; readonly port: number }
  readonly note?: string
}

export interface ClientStatus {
  readonly host: string
  /** A process inside the client's namespaces. */
  readonly pid: number
}

export interface WorldStatus {
  readonly version: typeof API_VERSION
  readonly name: string
  readonly pid: number
  readonly plane: 'private' | 'host'
  readonly file?: string
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly startedMs: number
  readonly ports: readonly PortStatus[]
  readonly clients: readonly ClientStatus[]
  readonly flows: number
}

/** Requests by name, with what each takes and gives. */
export interface Api extends ClockCalls, MailCalls, NameCalls {
  status(): WorldStatus | Promise<WorldStatus>
  /** The report so far: `text` or `json`. */
  report(form: 'text' | 'json'): string | Promise<string>
  /** A client side that stands as `host`, made where there is none yet. */
  client(host: string): ClientStatus | Refusal | Promise<ClientStatus | Refusal>
}

/** Calls about mail. `which`: its number, its Message-ID, or empty for the last one. */
export interface MailCalls {
  /** What fits, oldest first. */
  mails(filter: MailFilter): readonly MailSummary[] | Promise<readonly MailSummary[]>
  mail(which: string): MailView | Refusal | Promise<MailView | Refusal>
  /** As it lies there, or the content of its attachment `part`, counted from 1; in base64. */
  mailBytes(which: string, part: number | undefined): string | Refusal | Promise<string | Refusal>
  /** Resolves once there are as many as wanted, with fewer when the time is over; `signal` ends it at once. */
  awaitMail(wanted: MailWait, signal: AbortSignal): Promise<readonly MailView[]>
  /** The way of one mail. */
  trace(which: string): MailTrace | Refusal | Promise<MailTrace | Refusal>
}

/** Calls about names. */
export interface NameCalls {
  zones(): readonly ZoneSummary[] | Promise<readonly ZoneSummary[]>
  /** Those of a whole zone, or of a name and all below it. */
  records(name: string): readonly RecordView[] | Refusal | Promise<readonly RecordView[] | Refusal>
  /** Resolves once the change is served, and durable where the world keeps anything. */
  editNames(edit: NameEdit): Promise<EditOutcome | Refusal>
  queryNames(asked: NameQuery): Promise<QueryView | Refusal>
  failures(): readonly FailureView[] | Promise<readonly FailureView[]>
  /** `given`: as under `dns: failures` of a world file. */
  orderFailure(given: unknown): FailureView | Refusal | Promise<FailureView | Refusal>
  /** One by its number, or all; says how many went. */
  cancelFailures(id: number | undefined): number | Promise<number>
  anchors(): AnchorView | Promise<AnchorView>
  transactionKeys(): readonly KeyView[] | Promise<readonly KeyView[]>
}

export interface Refusal {
  readonly refused: string
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
