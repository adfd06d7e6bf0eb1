// Mail on its way to other hosts.

export { reportFor, type Reporter } from './ledger.ts'
export { startRelay, type Relay, type RelayOptions } from './relay.ts'
export type { ReportKind, ReportedMail, ReportedRecipient } from './report.ts'
export { relaySettings, type RelaySettings } from './settings.ts'
