// What a world file may say of a resolver.

import * as v from 'valibot'
import { configFrom } from '../../core/config.ts'
import { duration, formatDuration, formatSize, size } from '../../core/quantities.ts'
import { parseIp } from '../../shared/dns/codec/ip.ts'
import { foldName, parseName } from '../../shared/dns/codec/name.ts'
import { parseRdata } from '../../shared/dns/codec/rdata.ts'
import {
  DNS_PORT,
  MESSAGE_MAX_BYTES,
  TYPE,
  UDP_PLAIN_MAX_BYTES,
  UDP_UNFRAGMENTED_BYTES,
  isMalformed,
} from '../../shared/dns/messages.ts'
import type { Anchor, Forward, RecursorOptions } from './options.ts'

export interface ResolverConfig extends RecursorOptions {
  /** UDP and TCP. */
  readonly port: number
  /** DNS over TLS (RFC 7858); undefined: not spoken. */
  readonly tlsPort: number | undefined
  /** DNS over HTTPS (RFC 8484); undefined: not spoken. */
  readonly httpsPort: number | undefined
  readonly httpsPath: string
  readonly udpSizeMaxBytes: number
  readonly tcpIdleMs: number
  readonly prefetch: boolean
  readonly logQueries: boolean
}

/** RFC 7858 §3.1. */
const TLS_PORT = 853
/** RFC 8484 §4.1 uses that path in its examples, and clients have it built in. */
const HTTPS_PATH = '/dns-query'
const HTTPS_PORT = 443
/** RFC 7766 §6.2.3 asks for seconds; ours. */
const TCP_IDLE_MS = 10_000
const TCP_IDLE_MAX_MS = 3_600_000
const CACHE_BYTES = 64 * 1024 * 1024
const CACHE_MIN_BYTES = 64 * 1024
/** RFC 8767 §4 asks for 1 to 3 days. */
const STALE_MS = 86_400_000
const WEEK_MS = 604_800_000
/** RFC 8767 §4 recommends a cap of a day; BIND's `max-cache-ttl` is a week. */
const TTL_MAX_MS = 86_400_000
/** RFC 2308 §5. */
const NEGATIVE_TTL_MAX_MS = 3_600_000

const HOURS = 3_600_000
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))
const upTo = (ms: number) => v.pipe(duration, v.maxValue(ms, `expected at most ${ms / HOURS}h`))
const optionalPort = (standard: number, what: string) =>
  v.pipe(v.optional(v.union([port, v.literal(false)]), standard), v.description(what))
const ip = v.pipe(
  v.string(),
  v.check((text) => parseIp(text) !== undefined, 'expected an IP address'),
)
const name = v.pipe(
  v.string(),
  v.check((text) => typeof parseName(text) === 'string', 'expected a domain name'),
  v.transform(nameFrom),
)

function nameFrom(text: string): string {
  const parsed = parseName(text)
  return typeof parsed === 'string' ? foldName(parsed) : ''
}

const forward = v.pipe(
  v.strictObject({
    zone: v.pipe(v.optional(name, '.'), v.description('The names that it is asked for. Default: all.')),
    to: v.pipe(v.array(ip), v.minLength(1), v.description('Addresses of resolvers.')),
    tls: v.optional(
      v.pipe(v.string(), v.description('They are asked over TLS, and must have a certificate for this name.')),
    ),
    port: v.optional(v.pipe(port, v.description('Default: 53, with TLS 853.'))),
    only: v.pipe(v.optional(v.boolean(), false), v.description('Where they do not help, nobody else is asked.')),
  }),
  v.transform((given): Forward => {
    const { zone, to, tls, only } = given
    return { zone, to, tlsName: tls, port: given.port ?? (tls === undefined ? DNS_PORT : TLS_PORT), isOnly: only }
  }),
)

/** `. IN DS 12345 13 2 ABCD`, TTL and class as one likes, or a DNSKEY. */
const ANCHOR = /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?(DS|DNSKEY)\s+(.+)$/i

const anchor = v.pipe(
  v.string(),
  v.check((line) => anchorFrom(line) !== undefined, 'expected a DS or DNSKEY record: `. IN DS 12345 13 2 ABCD`'),
  v.transform((line): Anchor => anchorFrom(line) ?? { zone: '', ds: [], keys: [] }),
)

function anchorFrom(line: string): Anchor | undefined {
  const [, owner = '', type = '', text = ''] = ANCHOR.exec(line.trim()) ?? []
  const zone = parseName(owner)
  if (typeof zone !== 'string' || type === '') return undefined
  const isDs = type.toUpperCase() === 'DS'
  const data = parseRdata(isDs ? TYPE.DS : TYPE.DNSKEY, text)
  if (isMalformed(data)) return undefined
  return { zone: foldName(zone), ds: isDs ? [data] : [], keys: isDs ? [] : [data] }
}

const VALIDATE = { true: 'yes', false: 'no', permissive: 'permissive' } as const

const schema = v.pipe(
  v.strictObject({
    port: v.pipe(v.optional(port, DNS_PORT), v.description('UDP and TCP.')),
    'tls-port': optionalPort(TLS_PORT, 'DNS over TLS; false: not spoken.'),
    'https-port': optionalPort(HTTPS_PORT, 'DNS over HTTPS; false: not spoken.'),
    'https-path': v.pipe(
      v.optional(v.pipe(v.string(), v.regex(/^\/[\w./-]*$/, 'expected a path such as /dns-query')), HTTPS_PATH),
      v.description('The path of DNS over HTTPS.'),
    ),
    'udp-size': v.pipe(
      v.optional(
        v.pipe(
          size,
          v.minValue(UDP_PLAIN_MAX_BYTES, 'expected at least 512B'),
          v.maxValue(MESSAGE_MAX_BYTES, 'expected at most 65535B'),
        ),
        formatSize(UDP_UNFRAGMENTED_BYTES),
      ),
      v.description('The longest answer over UDP, however much the asker would take.'),
    ),
    'tcp-idle': v.pipe(
      v.optional(
        v.pipe(duration, v.minValue(1, 'expected at least 1ms'), v.maxValue(TCP_IDLE_MAX_MS, 'expected at most 1h')),
        formatDuration(TCP_IDLE_MS),
      ),
      v.description('A connection that completes no question for this long is closed.'),
    ),
    forward: v.pipe(v.optional(v.array(forward), []), v.description('Resolvers that are asked in place of the root.')),
    hints: v.pipe(
      v.optional(v.record(name, v.pipe(v.array(ip), v.minLength(1))), {}),
      v.description('Root servers by name with their addresses, in place of the world’s.'),
    ),
    'hints-port': v.pipe(v.optional(port, DNS_PORT), v.description('The port of those servers and of all below them.')),
    validate: v.pipe(
      v.optional(v.union([v.boolean(), v.literal('permissive')]), true),
      v.description('Validate by DNSSEC; permissive: tell of what is bogus, and give it all the same.'),
    ),
    'trust-anchors': v.pipe(
      v.optional(v.array(anchor), []),
      v.description('DS or DNSKEY records to trust besides the world’s own; with hints, in place of it.'),
    ),
    'negative-trust-anchors': v.pipe(
      v.optional(v.array(name), []),
      v.description('Names from which on nothing is validated (RFC 7646).'),
    ),
    'qname-minimisation': v.pipe(
      v.optional(v.picklist(['off', 'relaxed', 'strict']), 'relaxed'),
      v.description('Servers are told no more of a name than they need (RFC 9156).'),
    ),
    'mix-case': v.pipe(
      v.optional(v.boolean(), true),
      v.description('Names are asked for in random case, against forged answers.'),
    ),
    'cache-size': v.pipe(
      v.optional(v.pipe(size, v.minValue(CACHE_MIN_BYTES, 'expected at least 64KiB')), formatSize(CACHE_BYTES)),
      v.description('Memory for what was learnt.'),
    ),
    'ttl-min': v.pipe(v.optional(upTo(HOURS), '0s'), v.description('Nothing is kept for less.')),
    'ttl-max': v.pipe(
      v.optional(upTo(WEEK_MS), formatDuration(TTL_MAX_MS)),
      v.description('Nothing is kept for longer.'),
    ),
    'negative-ttl-max': v.pipe(
      v.optional(upTo(WEEK_MS), formatDuration(NEGATIVE_TTL_MAX_MS)),
      v.description('That there is nothing is not kept for longer.'),
    ),
    'serve-stale': v.pipe(
      v.optional(upTo(WEEK_MS), formatDuration(STALE_MS)),
      v.description(
        'How long past its time an answer may be given where no server can be reached (RFC 8767); 0s: never.',
      ),
    ),
    prefetch: v.pipe(
      v.optional(v.boolean(), true),
      v.description('What is asked for in the last tenth of its time is looked up anew.'),
    ),
    'log-queries': v.pipe(v.optional(v.boolean(), true), v.description('Tell of ordinary questions.')),
  }),
  v.transform((given): ResolverConfig => ({
    port: given.port,
    tlsPort: given['tls-port'] || undefined,
    httpsPort: given['https-port'] || undefined,
    httpsPath: given['https-path'],
    udpSizeMaxBytes: given['udp-size'],
    tcpIdleMs: given['tcp-idle'],
    prefetch: given.prefetch,
    logQueries: given['log-queries'],
    hints: Object.entries(given.hints).map(([server, addresses]) => ({ name: server, addresses })),
    hintsPort: given['hints-port'],
    forward: given.forward,
    validate: VALIDATE[`${given.validate}`],
    anchors: given['trust-anchors'],
    negativeAnchors: given['negative-trust-anchors'],
    minimise: given['qname-minimisation'],
    mixCase: given['mix-case'],
    cacheBytes: given['cache-size'],
    ttlMinSeconds: given['ttl-min'] / 1000,
    ttlMaxSeconds: given['ttl-max'] / 1000,
    negativeTtlMaxSeconds: given['negative-ttl-max'] / 1000,
    staleMaxMs: given['serve-stale'],
  })),
)

export const config = configFrom<ResolverConfig>(schema)
