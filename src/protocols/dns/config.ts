// What a world file may say of a DNS server. Zones and records are the world's, not the service's.

import { boolean, integer, maxValue, minValue, number, optional, pipe, strictObject } from 'valibot'
import { configFrom } from '../../core/config.ts'
import { DNS_PORT, MESSAGE_MAX_BYTES, UDP_PLAIN_MAX_BYTES, UDP_UNFRAGMENTED_BYTES } from './messages.ts'

export interface DnsConfig {
  /** UDP and TCP. */
  readonly port: number
  /** The longest answer over UDP, however much the asker would take. */
  readonly udpSizeMaxBytes: number
  /** A TCP connection that completes no question for this long is closed. */
  readonly tcpIdleMs: number
  /** Tell of ordinary questions as events, a bounded number each second. Unknown names are told of anyway. */
  readonly logQueries: boolean
}

/** RFC 7766 §6.2.3 asks for seconds; ours. */
const TCP_IDLE_MS = 10_000

function whole(from: number, to: number) {
  return pipe(number(), integer(), minValue(from), maxValue(to))
}

export const config = configFrom<DnsConfig>(
  strictObject({
    port: optional(whole(1, 65_535), DNS_PORT),
    udpSizeMaxBytes: optional(whole(UDP_PLAIN_MAX_BYTES, MESSAGE_MAX_BYTES), UDP_UNFRAGMENTED_BYTES),
    tcpIdleMs: optional(whole(1, 3_600_000), TCP_IDLE_MS),
    logQueries: optional(boolean(), true),
  }),
)
