// What several parts speak of DNS: messages, names, record data as bytes and as text, and a stub resolver.

export { addressesIn, exchangesIn, namesIn, textsIn, type Exchange } from './answers.ts'
export { openResolver, type Resolved, type ResolverOptions, type StubResolver } from './client.ts'
export { canonicalKey, canonicalRdata, compareNames, compareRdata, compareWireNames } from './codec/canonical.ts'
export { reverseNameOf } from './codec/ip.ts'
export { decodeMessage, encodeMessage } from './codec/message.ts'
export { foldName, formatName, isWithin, nameBytes, parentOf, parseName } from './codec/name.ts'
export { formatRdata, parseRdata } from './codec/rdata.ts'
export { describe } from './describe.ts'
export {
  CLASS,
  RCODE,
  TYPE,
  isMalformed,
  query,
  typeName,
  typeNumber,
  type Message,
  type Question,
  type ResourceRecord,
} from './messages.ts'
