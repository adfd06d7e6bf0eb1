// What EHLO says that this server can do (RFC 5321 §4.1.1.1), one keyword a line.

import type { SmtpLimits } from './limits.ts'

/** Behind the first line. `mechanisms`: none where nobody may log in, or somebody has. */
export function greetingLines(limits: SmtpLimits, isSecured: boolean, mechanisms: readonly string[]): string[] {
  return [
    'PIPELINING',
    `SIZE ${limits.messageMaxBytes}`,
    ...(isSecured ? [] : ['STARTTLS']),
    ...(mechanisms.length === 0 ? [] : [`AUTH ${mechanisms.join(' ')}`]),
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'BINARYMIME',
    'CHUNKING',
    'DSN',
    'SMTPUTF8',
    `LIMITS RCPTMAX=${limits.recipientsMax}`,
    'HELP',
  ]
}
