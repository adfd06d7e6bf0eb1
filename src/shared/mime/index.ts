// Reads mail as it stands in bytes: MIME (RFC 2045 to 2049, 2183, 2231) and Internet messages (RFC 5322).

export { decodeCharset } from './charset.ts'
export { addressesIn, addressSpec, parseAddresses, type AddressEntry, type MailAddress } from './addresses.ts'
export { formatDate, parseDate, writtenDay } from './dates.ts'
export { fieldsOf, fieldValue, headerOf, headerValue, headerValues } from './fields.ts'
export { mailName, mailNameIn } from './mail-name.ts'
export { parseMessageId, parseMessageIds } from './message-ids.ts'
export { parameterOf } from './parameters.ts'
export { parseMessage } from './parse-message.ts'
export type { HeaderSpan, Parameter, Parameterized, Part } from './part.ts'
export { bodyOf, contentOf, fileNameOf, leavesOf, textOf } from './text.ts'
export { decodeTransfer } from './transfer.ts'
export { decodeWords } from './words.ts'
