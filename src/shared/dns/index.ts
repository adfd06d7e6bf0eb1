// What several parts speak of DNS: messages, names, record data as bytes and as text, and a stub resolver.

export { addressesIn, exchangesIn, namesIn, textsIn, type Exchange } from './answers.ts'
export { openResolver, type Resolved, type ResolverOptions, type StubResolver } from './client.ts'
export { reverseNameOf } from './codec/ip.ts'
export { decodeMessage, encodeMessage } from './codec/message.ts'
export { formatRdata, parseRdata } from './codec/rdata.ts'
export { describe } from './describe.ts'
export { CLASS, RCODE, TYPE, query, type Message, type Question, type ResourceRecord } from './messages.ts'
