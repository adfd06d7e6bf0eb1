// Who a mail is from: checked on the way in, signed on the way out.

export { withoutForgedResults } from './fields.ts'
export { signDkim } from './sign.ts'
export { Authenticator, type CheckedMail, type Verdict } from './verify.ts'
