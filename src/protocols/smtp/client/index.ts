// A client of SMTP, for the relay, the SDK and tests.

export { SmtpClient, type SmtpClientOptions } from './client.ts'
export type { Outcome, Outcomes, OutgoingMail, SessionEnd, SessionInfo, SmtpExchange } from './outgoing.ts'
