// Reads and writes mail as it stands in bytes: MIME (RFC 2045 to 2049, 2183, 2231) and Internet messages (RFC 5322).

export { isCharset, decodeCharset, decodeOctets } from './charset.ts'
export {
  addressesIn,
  addressSpec,
  parseAddresses,
  type AddressEntry,
  type AddressGroup,
  type MailAddress,
} from './addresses.ts'
export { formatDate, parseDate, writtenDay, type MailDate } from './dates.ts'
export {
  fieldsNamed,
  fieldsOf,
  fieldValue,
  headerOf,
  headerValue,
  headerValues,
  lineEnd,
  trimmed,
  type Field,
} from './fields.ts'
export { parseMessageId, parseMessageIds } from './message-ids.ts'
export { parameterOf, parseContentType, parseDisposition } from './parameters.ts'
export { parseMessage } from './parse-message.ts'
export { PART_DEPTH_MAX, PARTS_MAX, type HeaderSpan, type Parameter, type Parameterized, type Part } from './part.ts'
export { bodyOf, contentOf, fileNameOf, leavesOf, textOf } from './text.ts'
export { decodeTransfer, isIdentity } from './transfer.ts'
export { decodeWords, encodeWords } from './words.ts'
export { foldField, formatMailbox } from './write.ts'
