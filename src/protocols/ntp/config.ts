// What a world file may say of an NTP host. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, duration, durationSetting, signedDuration } from '../../core/index.ts'
import { ipBytes } from '../../wire/ip.ts'
import { referenceIdOfText } from './codec/packet.ts'
import { KEY_BYTES, KEY_TYPES, type KeySettings } from './crypto/symmetric-keys.ts'
import { NTP_PORT, NTS_KE_PORT } from './messages.ts'
import { parseRange } from './server/access.ts'

/** RFC 5905 §7.2: MINPOLL and MAXPOLL, and what clients take by default. */
const POLL_MIN = 4
const POLL_MAX = 17
const USUAL_MIN_POLL = 6
const USUAL_MAX_POLL = 10
const USUAL_DISPERSION_MS = 0.01
const USUAL_INTERVAL_MS = 2000
const USUAL_BURST = 8
const BURST_MAX = 1000
const KEY_ID_MAX = 0xffff_ffff
/** Ours. RFC 5905 §7.2 has no bound. */
const SERVERS_MAX = 50

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

const drift = v.pipe(
  v.string(),
  v.regex(/^-?\d+(?:\.\d+)? ?ppm$/, 'expected parts in a million, such as 20ppm or -5.5ppm'),
  v.transform((text) => Number.parseFloat(text)),
)

const reference = v.pipe(
  v.string(),
  v.check(
    (text) => /^[ -~]{1,4}$/.test(text) || ipBytes(text)?.length === 4,
    'expected up to four letters, like GPS, or an IPv4 address',
  ),
  v.transform((text) => {
    const ip = ipBytes(text)
    return ip?.length === 4 ? referenceIdOfText(String.fromCharCode(...ip)) : referenceIdOfText(text)
  }),
)

const addressRange = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const range = parseRange(dataset.value)
    if (range !== undefined) return range
    addIssue({ message: 'expected an address or a range such as 192.0.2.0/24' })
    return NEVER
  }),
)

const ranges = (text: string) => v.pipe(v.optional(v.array(addressRange), []), v.description(text))

const SECRET_TEXT = 'expected hex digits such as hex:00112233…, or text of visible characters'

const secret = v.pipe(
  v.string(),
  v.regex(/^(?:hex:(?:[0-9a-f]{2})+|(?!hex:)[!-~]+)$/i, SECRET_TEXT),
  v.transform((text): Uint8Array => (/^hex:/i.test(text) ? Buffer.from(text.slice(4), 'hex') : Buffer.from(text))),
)

const key = v.pipe(
  v.strictObject({
    id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(KEY_ID_MAX)),
    type: v.pipe(v.picklist(KEY_TYPES), v.description('AES128 and AES256 are AES-CMAC (RFC 8573).')),
    secret: v.pipe(secret, v.description('hex: and digits, or the text itself.')),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { type, secret } = dataset.value
    const bytes = KEY_BYTES[type]
    if (bytes !== undefined && secret.length !== bytes)
      addIssue({ message: `a key of ${type} has ${bytes} octets; this one has ${secret.length}` })
  }),
)

/** A server that the host follows. */
export interface Source {
  /** Name or address. */
  readonly host: string
  readonly port: number
  /** The id of one of `keys`. */
  readonly key: number | undefined
  readonly nts: boolean
  /** Whether to ask in interleaved mode. */
  readonly interleaved: boolean
}

const source = v.union([
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.transform((host): Source => ({ host, port: NTP_PORT, key: undefined, nts: false, interleaved: false })),
  ),
  v.pipe(
    v.strictObject({
      host: v.pipe(v.string(), v.nonEmpty(), v.description('Name or address.')),
      port: v.optional(port, NTP_PORT),
      key: v.optional(v.pipe(v.number(), v.integer(), v.description('The id of one of keys.'))),
      nts: v.optional(v.pipe(v.boolean(), v.description('Get keys and cookies by NTS (RFC 8915) first.')), false),
      interleaved: v.optional(v.pipe(v.boolean(), v.description('Ask in interleaved mode (RFC 9769).')), false),
    }),
    v.transform((given): Source => ({ ...given, key: given.key })),
  ),
])

const rateLimit = v.pipe(
  v.strictObject({
    interval: durationSetting(USUAL_INTERVAL_MS, 'A client may ask this often on the average.'),
    burst: countSetting(USUAL_BURST, BURST_MAX, 'So many times at once after silence.'),
  }),
  v.transform(({ interval, burst }) => ({ intervalMs: interval, burst })),
)

const poll = (usual: number, text: string) =>
  v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(POLL_MIN), v.maxValue(POLL_MAX)), usual),
    v.description(text),
  )

const settings = v.strictObject({
  port: v.pipe(v.optional(port, NTP_PORT), v.description('UDP.')),
  stratum: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(15))),
    v.description('Of a host with a reference of its own; 1 by default. With servers it follows from theirs.'),
  ),
  reference: v.pipe(v.optional(reference), v.description('What the host has its time from: GPS, PPS, 127.127.1.0.')),
  offset: v.pipe(
    v.optional(signedDuration, '0ms'),
    v.description('By how much the clock of the host is ahead of the world’s.'),
  ),
  drift: v.pipe(v.optional(drift, '0ppm'), v.description('By how much it runs faster.')),
  dispersion: v.pipe(
    v.optional(duration, `${USUAL_DISPERSION_MS}ms`),
    v.description('The error that the host says its reference may have.'),
  ),
  servers: v.pipe(
    v.optional(v.pipe(v.array(source), v.maxLength(SERVERS_MAX))),
    v.description('Servers that the host follows, instead of a reference.'),
  ),
  keys: v.pipe(v.optional(v.array(key), []), v.description('Keys that are shared with others.')),
  nts: v.pipe(
    v.optional(v.union([v.boolean(), port]), true),
    v.description('Serve NTS (RFC 8915), with key establishment on port 4460 or another, or not.'),
  ),
  'rate-limit': v.pipe(
    v.optional(v.union([v.literal(false), rateLimit]), false),
    v.description('How often one address may ask, before it is told RATE.'),
  ),
  deny: ranges('Addresses and ranges that get a kiss-o’-death DENY.'),
  restrict: ranges('Addresses and ranges that get a kiss-o’-death RSTR.'),
  interleaved: v.pipe(
    v.optional(v.boolean(), true),
    v.description('Answer in interleaved mode those who ask for it (RFC 9769).'),
  ),
  'min-poll': poll(USUAL_MIN_POLL, 'log2 of the seconds between questions to servers, at least.'),
  'max-poll': poll(USUAL_MAX_POLL, 'The same, at most.'),
})

type Settings = v.InferOutput<typeof settings>

const schema = v.pipe(
  settings,
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) for (const message of contradictions(dataset.value)) addIssue({ message })
  }),
  v.transform((given) => ({
    port: given.port,
    stratum: given.stratum ?? 1,
    referenceId: given.reference ?? referenceIdOfText('GPS'),
    offsetMs: given.offset,
    driftPpm: given.drift,
    dispersionMs: given.dispersion,
    servers: given.servers,
    keys: given.keys satisfies readonly KeySettings[],
    ntsPort: given.nts === true ? NTS_KE_PORT : given.nts === false ? undefined : given.nts,
    rateLimit: given['rate-limit'] === false ? undefined : given['rate-limit'],
    deny: given.deny,
    restrict: given.restrict,
    interleaved: given.interleaved,
    minPoll: given['min-poll'],
    maxPoll: given['max-poll'],
  })),
)

function contradictions({
  stratum,
  reference,
  servers,
  keys,
  'min-poll': minPoll,
  'max-poll': maxPoll,
}: Settings): string[] {
  const ids = keys.map(({ id }) => id)
  const unknown = (servers ?? []).filter(({ key }) => key !== undefined && !ids.includes(key))
  return [
    ...(servers !== undefined && stratum !== undefined ? ['stratum follows from servers: give one of them'] : []),
    ...(servers !== undefined && reference !== undefined ? ['reference follows from servers: give one of them'] : []),
    ...(new Set(ids).size < ids.length ? ['two keys have the same id'] : []),
    ...unknown.map(({ host, key }) => `no key ${key} for the server ${host}`),
    ...(minPoll > maxPoll ? ['min-poll is above max-poll'] : []),
  ]
}

export type NtpConfig = v.InferOutput<typeof schema>

export const ntpConfig = configFrom<NtpConfig>(schema)
