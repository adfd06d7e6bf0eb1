// MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3) with the parameters of their extensions.

import { reply, type BadCommand, type MailCommand, type RcptCommand } from '../messages.ts'
import { parsePath } from './address.ts'
import { MAIL_PARAMETERS, RCPT_PARAMETERS, readParameters } from './parameters.ts'

const FROM = /^from:/i
const TO = /^to:/i

export function parseMail(argument: string): MailCommand | BadCommand {
  if (!FROM.test(argument)) return bad('MAIL', 501, '5.5.4', 'MAIL FROM:<address> is how it is written')
  const path = parsePath(argument.slice(5))
  if (path === undefined || path.mailbox?.domain === '') {
    return bad('MAIL', 501, '5.1.7', 'the sender is no address')
  }
  const parameters = readParameters(path.rest, MAIL_PARAMETERS)
  if ('wrong' in parameters) return bad('MAIL', parameters.code, '5.5.4', parameters.wrong)
  return { ...parameters, kind: 'MAIL', sender: path.mailbox }
}

export function parseRcpt(argument: string): RcptCommand | BadCommand {
  if (!TO.test(argument)) return bad('RCPT', 501, '5.5.4', 'RCPT TO:<address> is how it is written')
  const path = parsePath(argument.slice(3))
  if (path?.mailbox === undefined) return bad('RCPT', 501, '5.1.3', 'the recipient is no address')
  const parameters = readParameters(path.rest, RCPT_PARAMETERS)
  if ('wrong' in parameters) return bad('RCPT', parameters.code, '5.5.4', parameters.wrong)
  return { ...parameters, kind: 'RCPT', recipient: path.mailbox }
}

function bad(verb: 'MAIL' | 'RCPT', code: number, enhanced: string, text: string): BadCommand {
  return { kind: 'bad', verb, reply: reply(code, enhanced, text) }
}
