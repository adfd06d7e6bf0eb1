// The record of a world: what others may use.

export { Capture, type CaptureOptions } from './capture.ts'
export {
  FlowRecord,
  type Dropped,
  type FlowEnd,
  type FlowProcess,
  type Ledger,
  type RecordedDecision,
  type RecordedEvent,
  type RecordedFlow,
  type RecordLimits,
} from './flow-record.ts'
export type { Sink } from './pcapng/index.ts'
export { REPORT_VERSION, formatReport, type ReportOptions } from './report/format-report.ts'
export type { NameOf, RefusedAttempt } from './report/summary.ts'
