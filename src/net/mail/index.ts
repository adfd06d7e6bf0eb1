// Reading the mail of a world: what the command line, the control socket and the SDK share.

export { mailCalls } from './calls.ts'
export type { Attachment } from './decode.ts'
export { MailDesk, type Lying } from './desk.ts'
export type { AttachmentView, MailFilter, MailSummary, MailView, MailWait } from './mail.ts'
export type { MailStep, MailTrace } from './trace.ts'
