import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerOf } from '../../../shared/mime/index.ts'
import { formatEnvelope } from './envelope.ts'

function envelopeOf(header: string): string {
  const bytes = Buffer.from(`${header}\r\nbody`, 'latin1')
  return formatEnvelope(bytes, headerOf(bytes))
}

test('the example of RFC 9051 §8', () => {
  const header =
    'Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\n' +
    'Subject: IMAP4rev2 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\n' +
    'cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n' +
    'Message-Id: <B27397-0100000@cac.washington.edu>\r\nMIME-Version: 1.0\r\n'
  const gray = '(("Terry Gray" NIL "gray" "cac.washington.edu"))'
  assert.equal(
    envelopeOf(header),
    `("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" ${gray} ${gray} ${gray} ` +
      '((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) ' +
      'NIL NIL "<B27397-0100000@cac.washington.edu>")',
  )
})

const NOBODY = 'NIL NIL NIL NIL NIL NIL'

const CASES: readonly (readonly [header: string, envelope: string])[] = [
  ['', `(NIL NIL ${NOBODY} NIL NIL)`],
  ['Subject:\r\nTo:\r\nMessage-ID:  \r\n', `(NIL "" ${NOBODY} NIL "")`],
  ['Subject: a\r\n  b\r\nSubject: c\r\n', `(NIL "a  b" ${NOBODY} NIL NIL)`],
  ['Subject: say "hi" \\o/\r\n', `(NIL "say \\"hi\\" \\\\o/" ${NOBODY} NIL NIL)`],
  ['Subject: =?utf-8?Q?=C3=BC?=\r\n', `(NIL "=?utf-8?Q?=C3=BC?=" ${NOBODY} NIL NIL)`],
  ['Subject: gr\xfc\xdfe\r\n', `(NIL {5}\r\ngr\xfc\xdfe ${NOBODY} NIL NIL)`],
  ['Subject: a\0b\r\n', `(NIL {5}\r\na\xef\xbf\xbdb ${NOBODY} NIL NIL)`],
  [
    'To: Friends: a@b, C <c@d>;, e@f\r\n',
    '(NIL NIL NIL NIL NIL ((NIL NIL "Friends" NIL)(NIL NIL "a" "b")("C" NIL "c" "d")(NIL NIL NIL NIL)(NIL NIL "e" "f")) NIL NIL NIL NIL)',
  ],
  [
    'To: undisclosed-recipients:;\r\n',
    '(NIL NIL NIL NIL NIL ((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL)',
  ],
  ['To: a@b\r\nTo: c@d\r\n', '(NIL NIL NIL NIL NIL ((NIL NIL "a" "b")(NIL NIL "c" "d")) NIL NIL NIL NIL)'],
  [
    'Cc: root (Cron)\r\nBcc: Only Words\r\n',
    '(NIL NIL NIL NIL NIL NIL (("Cron" NIL "root" "MISSING_DOMAIN")) (("Only Words" NIL "MISSING_MAILBOX" "MISSING_DOMAIN")) NIL NIL)',
  ],
  [
    'From: <@r,@s:a@b>\r\nSender: s@x\r\nReply-To:\r\n',
    '(NIL NIL ((NIL "@r,@s" "a" "b")) ((NIL NIL "s" "x")) ((NIL "@r,@s" "a" "b")) NIL NIL NIL NIL NIL)',
  ],
  ['In-Reply-To: Your message <a@b>\r\n', `(NIL NIL ${NOBODY} "Your message <a@b>" NIL)`],
]

test('envelopes of odd headers', () => {
  for (const [header, envelope] of CASES) assert.equal(envelopeOf(header), envelope, header)
})
