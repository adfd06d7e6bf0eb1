// What the server says, by code (RFC 5321 §4.2.3) and enhanced code (RFC 3463). Texts with a name in them are made where
// the name is known.

import { reply } from '../messages.ts'

export const OK = reply(250, '2.0.0', 'done')
export const SENDER_OK = reply(250, '2.1.0', 'the sender is fine')
export const RECIPIENT_OK = reply(250, '2.1.5', 'the recipient is fine')
export const GO_AHEAD = reply(354, undefined, 'end it with a dot on a line of its own')
export const READY_FOR_TLS = reply(220, '2.0.0', 'ready for TLS')
export const LOGGED_IN = reply(235, '2.7.0', 'welcome')
export const CANNOT_VERIFY = reply(252, '2.0.0', 'send some mail and see')
export const HELP_TEXT = reply(
  214,
  '2.0.0',
  'AUTH BDAT DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY',
  'RFC 5321 says the rest',
)

export const HELLO_FIRST = reply(503, '5.5.1', 'EHLO comes first')
export const NESTED_MAIL = reply(503, '5.5.1', 'a mail was begun already: RSET drops it')
export const MAIL_FIRST = reply(503, '5.5.1', 'MAIL comes first')
export const NO_RECIPIENTS = reply(554, '5.5.1', 'no recipient was taken')
export const NOT_IN_MAIL = reply(503, '5.5.1', 'not while a mail is under way')
export const BDAT_ONLY = reply(503, '5.5.1', 'only BDAT or RSET follow a BDAT')
export const BINARY_NEEDS_BDAT = reply(503, '5.5.1', 'BINARYMIME comes by BDAT')
export const NO_EXPANSION = reply(502, '5.7.0', 'lists are not told')
export const TLS_RUNS = reply(503, '5.5.1', 'TLS runs already')
export const TLS_FIRST = reply(530, '5.7.0', 'STARTTLS comes first')
export const LOGIN_FIRST = reply(530, '5.7.0', 'a login comes first')
export const LOGIN_DONE = reply(503, '5.5.1', 'you are logged in already')
export const NO_LOGINS = reply(502, '5.5.1', 'nobody logs in here')

export const LINE_TOO_LONG = reply(500, '5.5.6', 'the line is too long')
export const BARE_LF_COMMAND = reply(500, '5.5.2', 'a line ends in CR LF, not in LF alone')
export const BARE_LF = reply(550, '5.5.2', 'the message has an LF without a CR before it')
export const BARE_CR = reply(550, '5.5.2', 'the message has a CR without an LF behind it')
export const HAS_NUL = reply(550, '5.6.0', 'the message has a NUL')
export const TOO_BIG = reply(552, '5.3.4', 'the message is larger than is taken here')
export const NO_ROOM = reply(452, '4.3.1', 'no room now: try again later')
export const MAILBOX_FULL = reply(452, '4.2.2', 'a mailbox is full')
export const MAILBOX_TOO_SMALL = reply(552, '5.2.2', 'the message is larger than the mailbox')
export const TOO_MANY_RECIPIENTS = reply(452, '4.5.3', 'no more recipients for this mail')
export const NOT_KEPT = reply(451, '4.3.0', 'the mail could not be kept: try again later')
export const LOOPS = reply(554, '5.4.6', 'the mail goes round in circles')
export const NEEDS_SMTPUTF8 = reply(553, '5.6.7', 'an address with letters beyond ASCII needs SMTPUTF8')
export const DMARC_REJECT = reply(550, '5.7.1', "refused as the author's domain asks for (DMARC)")
export const LINE_MISSING = reply(421, '4.4.2', 'nothing came for too long')
export const TOO_IDLE = reply(421, '4.7.0', 'too many commands without an effect')
export const TOO_BAD = reply(421, '4.7.0', 'too many mistakes')
export const TOO_MANY_GUESSES = reply(421, '4.7.0', 'too many bad logins')
export const SHUT_OUT = reply(454, '4.7.0', 'too many bad logins from your address: try again later')
export const TOO_MANY_CONNECTIONS = reply(421, '4.7.0', 'too many connections from your address')
