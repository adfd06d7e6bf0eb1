// A client of SMTP, for the relay, the SDK and tests.

export { SmtpClient, type SmtpClientOptions } from './client.ts'
export { oneLine } from './conversation.ts'
export type {
  Offered,
  Outcome,
  Outcomes,
  OutgoingMail,
  OutgoingRecipient,
  Phase,
  SessionEnd,
  SessionInfo,
  SmtpExchange,
} from './outgoing.ts'
export type { Login, TlsUse } from './session.ts'
