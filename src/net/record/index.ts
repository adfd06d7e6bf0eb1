// The record of a world: what others may use.

export { Capture } from './capture.ts'
export { FlowRecord, type FlowEnd, type RecordedEvent, type RecordedFlow } from './flow-record.ts'
export type { Sink } from './pcapng/index.ts'
export { formatReport } from './report/format-report.ts'
export type { NameOf } from './report/summary.ts'
