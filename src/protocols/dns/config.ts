// What a world file may say of a DNS server. Zones and records are the world's, not the service's.

import {
  boolean,
  description,
  integer,
  maxValue,
  minValue,
  number,
  optional,
  pipe,
  strictObject,
  transform,
} from 'valibot'
import { configFrom } from '../../core/config.ts'
import { duration, formatDuration, formatSize, size } from '../../core/quantities.ts'
import { DNS_PORT, MESSAGE_MAX_BYTES, UDP_PLAIN_MAX_BYTES, UDP_UNFRAGMENTED_BYTES } from '../../shared/dns/messages.ts'

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
/** Ours. */
const TCP_IDLE_MAX_MS = 3_600_000

const port = pipe(number(), integer(), minValue(1), maxValue(65_535), description('UDP and TCP.'))
const udpSize = pipe(
  size,
  minValue(UDP_PLAIN_MAX_BYTES, 'expected at least 512B'),
  maxValue(MESSAGE_MAX_BYTES, 'expected at most 65535B'),
)
const tcpIdle = pipe(duration, minValue(1, 'expected at least 1ms'), maxValue(TCP_IDLE_MAX_MS, 'expected at most 1h'))

const schema = pipe(
  strictObject({
    port: optional(port, DNS_PORT),
    'udp-size': pipe(
      optional(udpSize, formatSize(UDP_UNFRAGMENTED_BYTES)),
      description('The longest answer over UDP, however much the asker would take.'),
    ),
    'tcp-idle': pipe(
      optional(tcpIdle, formatDuration(TCP_IDLE_MS)),
      description('A TCP connection that completes no question for this long is closed.'),
    ),
    'log-queries': optional(pipe(boolean(), description('Tell of ordinary questions.')), true),
  }),
  transform((given) => ({
    port: given.port,
    udpSizeMaxBytes: given['udp-size'],
    tcpIdleMs: given['tcp-idle'],
    logQueries: given['log-queries'],
  })),
)

export const config = configFrom<DnsConfig>(schema)
