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
import type { RateLimitSettings } from '../../shared/dns/serving/rate-limit.ts'

export interface DnsConfig {
  /** UDP and TCP. */
  readonly port: number
  /** The longest answer over UDP, however much the asker would take. */
  readonly udpSizeMaxBytes: number
  /** A TCP connection that completes no question for this long is closed. */
  readonly tcpIdleMs: number
  /** Tell of ordinary questions as events, a bounded number each second. Unknown names are told of anyway. */
  readonly logQueries: boolean
  /** Questions over UDP in a second from which on a cookie is asked for (RFC 7873 §5.2.3). Infinity: never. */
  readonly cookiesAbove: number
  /** Undefined: no limit. */
  readonly rateLimit: RateLimitSettings | undefined
}

/** RFC 7766 §6.2.3 asks for seconds; ours. */
const TCP_IDLE_MS = 10_000
/** Ours. */
const TCP_IDLE_MAX_MS = 3_600_000
/** Per second and network; ours. */
const RATE_MAX = 1_000_000
/** As BIND's `window`, which goes up to an hour, and its default. */
const WINDOW_MS = 15_000
const WINDOW_MAX_MS = 3_600_000
/** As BIND's `slip`. */
const SLIP = 2
const SLIP_MAX = 10

const port = pipe(number(), integer(), minValue(1), maxValue(65_535), description('UDP and TCP.'))
const udpSize = pipe(
  size,
  minValue(UDP_PLAIN_MAX_BYTES, 'expected at least 512B'),
  maxValue(MESSAGE_MAX_BYTES, 'expected at most 65535B'),
)
const tcpIdle = pipe(duration, minValue(1, 'expected at least 1ms'), maxValue(TCP_IDLE_MAX_MS, 'expected at most 1h'))
const window = pipe(duration, minValue(1000, 'expected at least 1s'), maxValue(WINDOW_MAX_MS, 'expected at most 1h'))

function whole(max: number, text: string) {
  return pipe(number(), integer(), minValue(0), maxValue(max), description(text))
}

const rateLimit = pipe(
  strictObject({
    answers: optional(whole(RATE_MAX, 'Answers of one kind to one network in a second; 0: any number.'), 0),
    negatives: optional(whole(RATE_MAX, 'The same for names and records that do not exist, all of a zone together.')),
    errors: optional(whole(RATE_MAX, 'The same for refusals and failures.')),
    window: pipe(
      optional(window, formatDuration(WINDOW_MS)),
      description('For how long a network that went too far has less.'),
    ),
    slip: optional(
      whole(SLIP_MAX, 'Every which of the answers over the limit is cut rather than dropped; 0: none.'),
      SLIP,
    ),
    'ipv4-prefix': optional(whole(32, 'Bits of an IPv4 address that make up its network.'), 24),
    'ipv6-prefix': optional(whole(128, 'Bits of an IPv6 address that make up its network.'), 56),
  }),
  transform((given): RateLimitSettings => ({
    answersPerSecond: given.answers,
    negativesPerSecond: given.negatives ?? given.answers,
    errorsPerSecond: given.errors ?? given.answers,
    windowMs: given.window,
    slip: given.slip,
    ipv4PrefixBits: given['ipv4-prefix'],
    ipv6PrefixBits: given['ipv6-prefix'],
  })),
)

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
    'cookies-above': optional(
      whole(
        RATE_MAX,
        'Questions over UDP without a good cookie in a second, from which on one is asked for. Default: never.',
      ),
    ),
    'rate-limit': pipe(
      optional(rateLimit),
      description('How often the same is said to the same network over UDP. Default: any number of times.'),
    ),
  }),
  transform((given) => ({
    port: given.port,
    udpSizeMaxBytes: given['udp-size'],
    tcpIdleMs: given['tcp-idle'],
    logQueries: given['log-queries'],
    cookiesAbove: given['cookies-above'] ?? Infinity,
    rateLimit: given['rate-limit'],
  })),
)

export const config = configFrom<DnsConfig>(schema)
