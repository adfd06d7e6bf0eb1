// Captures in the pcapng format: what others may use.

export { endpointsOf, udpPacket, type Endpoint } from './ip-packet.ts'
export { TcpConversation, type Side } from './tcp-conversation.ts'
export { PcapngWriter, type Sink } from './writer.ts'
