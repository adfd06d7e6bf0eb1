// A client of SMTP, for the relay, the SDK and tests.

export { SmtpClient, type SmtpClientOptions } from './client.ts'
export { oneLine } from './conversation.ts'
export type { Outcome, Outcomes, OutgoingMail, SessionEnd, SessionInfo, SmtpExchange } from './outgoing.ts'
