// What our IMAP server and Dovecot say differently of single mails, and why it may stay so.

interface Difference {
  readonly items: RegExp
  readonly why: string
}

/** The line break before a boundary belongs to the boundary, behind the end of a multipart inside as well. */
const INNER_END = 'RFC 2046 §5.1.1'
/** A field that cannot be read is as if it were not there: a text in US-ASCII. */
const DEFAULT_TYPE = 'RFC 2045 §5.2'
/** What cannot be decoded whole is decoded as far as it can be; Dovecot refuses. */
const LENIENT = 'RFC 2045 §6.7, §6.8'
/** A header without a blank line behind it has none when it is fetched; some of it has one here, and at times there. */
const NO_BLANK_LINE = 'RFC 9051 §6.4.5'
/** What is no field is among none of the fields that are not named. */
const NO_FIELD = 'RFC 5322 §2.2'
/** Without a boundary there are no parts: the body as it is can be read here, and nothing of it there. */
const NO_BOUNDARY = 'RFC 2046 §5.1.1'
/** The line end before a boundary ends the header of an empty part, or belongs to the boundary. */
const EMPTY_PART = 'RFC 2046 §5.1.1'
const BROKEN_PARAMETERS = 'RFC 2045 §5.1, RFC 2231 §3'

export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  'no line between': [{ items: /HEADER\.FIELDS\.NOT/, why: NO_BLANK_LINE }],
  'one line, no end': [{ items: /HEADER\.FIELDS/, why: NO_BLANK_LINE }],
  'mail in a mail': [{ items: /^(BODY|BODYSTRUCTURE)$|^BODY\[2(\.TEXT)?\]/, why: INNER_END }],
  'no boundary': [{ items: /^(BODY|BODYSTRUCTURE)$|^(BODY|BINARY)(\.SIZE)?\[1(\.MIME)?\]/, why: NO_BOUNDARY }],
  'boundary within boundary': [{ items: /^BODY\[1\]/, why: INNER_END }],
  'broken addresses': [{ items: /^ENVELOPE$/, why: 'RFC 5322 §4.4 lets places in a list be empty' }],
  'no colon': [{ items: /HEADER\.FIELDS\.NOT/, why: NO_FIELD }],
  'parameters with encoded words and comments': [{ items: /^(BODY|BODYSTRUCTURE)$/, why: BROKEN_PARAMETERS }],
  'odd types': [
    { items: /^(BODY|BODYSTRUCTURE)$/, why: DEFAULT_TYPE },
    { items: /^BINARY/, why: 'RFC 3516 §4.3: both fail; what there is of the message is told here besides' },
  ],
  'empty type': [{ items: /^(BODY|BODYSTRUCTURE)$|BINARY/, why: DEFAULT_TYPE }],
  'broken quoted-printable': [{ items: /BINARY/, why: LENIENT }],
  'base64 with rubbish': [{ items: /BINARY/, why: LENIENT }],
  'empty parts': [{ items: /^BODY\[[23]\.MIME\]$/, why: EMPTY_PART }],
  'delivery report': [{ items: /^(BODY|BODYSTRUCTURE)$/, why: 'message/global is new in RFC 9051 §7.5.2' }],
  'alternative-related.eml': [{ items: /^BODY\[2\]/, why: INNER_END }],
  'bad-base64.eml': [{ items: /BINARY/, why: LENIENT }],
  'bad-content-type.eml': [
    { items: /^(BODY|BODYSTRUCTURE)$/, why: BROKEN_PARAMETERS },
    { items: /BINARY/, why: 'x-uuencode is known here' },
  ],
  'bad-quoted-printable.eml': [{ items: /BINARY/, why: LENIENT }],
  'boundary-missing.eml': [{ items: /^(BODY|BODYSTRUCTURE)$|^(BODY|BINARY)(\.SIZE)?\[1(\.MIME)?\]/, why: NO_BOUNDARY }],
  'boundary-odd.eml': [{ items: /^BODY\[2\.MIME\]$/, why: EMPTY_PART }],
  'boundary-same-within.eml': [{ items: /^BODY\[1\]/, why: INNER_END }],
  'duplicate-fields.eml': [
    { items: /^ENVELOPE$/, why: 'RFC 5322 §3.6: of a field that stands twice, the first is taken' },
  ],
  'empty-fields.eml': [{ items: /^(BODY|BODYSTRUCTURE)$/, why: DEFAULT_TYPE }],
  'empty-parts.eml': [{ items: /^BODY\[[23]\.MIME\]$/, why: EMPTY_PART }],
  'header-without-blank-line.eml': [{ items: /HEADER\.FIELDS\.NOT/, why: NO_BLANK_LINE }],
  'no-colon.eml': [{ items: /HEADER\.FIELDS\.NOT/, why: NO_FIELD }],
  'parameters-continued.eml': [{ items: /^(BODY|BODYSTRUCTURE)$/, why: BROKEN_PARAMETERS }],
  'space-before-colon.eml': [{ items: /HEADER\.FIELDS\.NOT/, why: NO_FIELD }],
}
