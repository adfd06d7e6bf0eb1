// Mail on its way to other hosts.

export { reportFor } from './ledger.ts'
export { startRelay, type Relay } from './relay.ts'
export type { ReportedMail, ReportedRecipient } from './report.ts'
export { relaySettings } from './settings.ts'
