// The shape of a world file: keys, types and what each is for. What the names in it refer to is checked in
// resolve.ts. The published JSON Schema is made from this file.

import * as v from 'valibot'
import { clockShape } from './clock-schema.ts'
import { duration, percentage, rate, size } from '../../core/quantities.ts'
import { domainDnsEntries } from './dns-schema.ts'

/** The version that the key `portolan` may name. */
const FILE_VERSION = 1
/** Ports are 16-bit (RFC 9293 §3.1, RFC 768). */
const PORT_MAX = 65_535

/** The description stands outside: what follows a transformation is not in the JSON Schema. */
function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(v.optional(schema), v.description(text))
}

/** One of a kind or a list of them; a list after parsing. */
function oneOrMore<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.union([schema, v.array(schema)])
}

/** valibot takes a list for a map with the keys 0, 1, 2. */
const map = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((value) => !Array.isArray(value), 'expected a map of keys and values; got a list'),
)

const verdict = v.picklist(['allow', 'reject', 'drop'])
const transport = v.picklist(['tcp', 'udp'])

const PORTS_EXPECTED = `expected a port (0-${PORT_MAX}) or a range such as 8000-8100`
const ports = v.union([
  v.pipe(v.number(), v.integer(PORTS_EXPECTED), v.minValue(0, PORTS_EXPECTED), v.maxValue(PORT_MAX, PORTS_EXPECTED)),
  v.pipe(
    v.string(),
    v.regex(/^\d{1,5}(-\d{1,5})?$/, (issue) => `${PORTS_EXPECTED}; got ${issue.received}`),
  ),
])

const publicKey = v.pipe(
  v.string(),
  v.regex(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?$/,
    'expected a public key such as `ssh-ed25519 AAAA...`, on one line',
  ),
)

/** RFC 4648 §6, in any case, spaces and padding left out or not; 10 octets at least. */
const base32 = v.pipe(
  v.string(),
  v.transform((text) => text.toUpperCase().replaceAll(/[ =-]/g, '')),
  v.regex(/^[A-Z2-7]{16,}$/, 'expected base32, 16 characters or more: A to Z and 2 to 7'),
  v.transform(base32Bytes),
)

function base32Bytes(text: string): Uint8Array {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const digit of text) {
    held = ((held << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  return Uint8Array.from(bytes)
}

/** Its record lines are read further in record-line.ts. */
export const domainShape = v.strictObject({
  records: described(
    v.array(v.string()),
    'Records beyond those that follow from the hosts, one zone-file line each: `www TXT "hello"`. Names are relative to the domain unless they end in a dot; @ is the domain.',
  ),
  ...domainDnsEntries,
})

export const hostShape = v.strictObject({
  aliases: described(v.array(v.string()), 'Further names of this host.'),
  address: described(
    oneOrMore(v.string()),
    'Its IPv4 or IPv6 address, or a list of them. For a family that is not named it gets one from the documentation ranges.',
  ),
  services: described(
    v.array(v.unknown()),
    'What it serves: the name of a service, or its name with settings: `http: { port: 8080 }`.',
  ),
  client: described(v.boolean(), 'Stands for a program that `portolan run` puts inside. Default: false.'),
})

export const userShape = v.strictObject({
  password: v.pipe(
    v.string((issue) => `a password is text: write ${JSON.stringify(String(issue.input))} in quotes`),
    v.minLength(1, 'a password has at least one character'),
    v.description('In plain text: a world is a toy, give it no password that you use elsewhere.'),
  ),
  keys: described(
    oneOrMore(publicKey),
    'Public keys that open SSH without the password, as in authorized_keys: `ssh-ed25519 AAAA... comment`.',
  ),
  'one-time-code': described(
    base32,
    'The secret, in base32, of the one-time codes that SSH asks for besides the password or key. Authenticator programs read it.',
  ),
})

export const matchShape = v.strictObject({
  from: described(
    oneOrMore(v.string()),
    'Where the flow comes from: hosts, addresses or ranges (192.0.2.0/24). Default: anywhere.',
  ),
  to: described(oneOrMore(v.string()), 'The hosts that it goes to. Default: any.'),
  service: described(
    oneOrMore(v.string()),
    'The services that it asks for, by their names or those of well-known ports: smtp, rdp. Default: any.',
  ),
  port: described(oneOrMore(ports), 'The ports that it asks for: 25, 8000-8100, or a list. Default: any.'),
  transport: described(transport, 'Default: both.'),
  direction: described(
    v.picklist(['in', 'out']),
    'in: opened by a client towards the hosts of the world. out: opened by a host of the world. Default: both.',
  ),
  because: v.pipe(
    v.string(),
    v.minLength(1, 'a rule has a reason: because: "..."'),
    v.description('The reason, in one sentence. It stands in `portolan explain` and in reports.'),
  ),
})

/** For going on with the rest of a rule that has no reason. */
export const looseMatchShape = v.partial(matchShape)

export const ruleShape = v.pipe(
  v.strictObject({
    allow: described(v.unknown(), 'Let these flows through.'),
    reject: described(v.unknown(), 'Refuse these flows: the client is told at once.'),
    drop: described(v.unknown(), 'Swallow these flows: the client waits in vain.'),
  }),
  v.check((rule) => Object.keys(rule).length === 1, 'a rule is exactly one of allow, reject or drop'),
)

export const firewallShape = v.strictObject({
  default: described(verdict, 'What becomes of flows that no rule matches. Default: allow.'),
  rules: described(v.array(v.unknown()), 'The first rule that matches decides.'),
})

export const faultShape = v.strictObject({
  host: described(oneOrMore(v.string()), 'The hosts whose flows suffer. Default: any.'),
  peer: described(oneOrMore(v.string()), 'The other side: hosts, addresses or ranges. Default: any.'),
  port: described(oneOrMore(ports), 'The ports on the host. Default: any.'),
  transport: described(transport, 'Default: both.'),
  delay: described(duration, 'Holds everything back for this long, each way.'),
  'delay-in': described(duration, 'The same for what goes to the host only, on top of the delay.'),
  'delay-out': described(duration, 'The same for what comes from the host only, on top of the delay.'),
  jitter: described(duration, 'Adds up to this much to the delay, by chance.'),
  throttle: described(rate, 'Lets no more than this through, each way.'),
  'stall-after': described(size, 'Streams: passes nothing more after this much in one direction.'),
  'reset-after': described(size, 'Streams: breaks off after this much in one direction.'),
  chance: described(percentage, 'How many of the streams are broken off by reset-after. Default: 100%.'),
  loss: described(percentage, 'Datagrams: this share vanishes.'),
  duplicate: described(percentage, 'Datagrams: this share arrives twice.'),
  reorder: described(percentage, 'Datagrams: this share is overtaken by the next one.'),
})

export const portShape = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.description('A short name: `intranet`.')),
  description: described(v.string(), 'What it is for.'),
  transport: described(transport, 'Default: both.'),
  service: described(v.string(), 'The service that speaks there in a catch-all world.'),
})

/** Sections whose parts are parsed one by one, so that a mistake in one hides none in another. */
export const worldShape = v.strictObject({
  portolan: described(
    v.literal(
      FILE_VERSION,
      (issue) => `this portolan reads world files of version ${FILE_VERSION}; got ${issue.received}`,
    ),
    'The version of the file format. Default: 1.',
  ),
  name: described(v.pipe(v.string(), v.minLength(1)), 'What to call this world. Default: world.'),
  domains: described(v.nullable(map), 'The domains of this world and their further records.'),
  dns: described(v.nullable(v.unknown()), 'The names of this world as a whole: signing, keys, failures on order.'),
  hosts: described(v.nullable(map), 'The hosts, by their full names.'),
  users: described(v.nullable(map), 'Who can log in, by address: alice@harbor.test.'),
  firewall: described(v.nullable(v.unknown()), 'Which flows may pass, and why.'),
  faults: described(v.nullable(v.array(v.unknown())), 'What goes wrong on the way, by chance but repeatable.'),
  clock: described(
    v.nullable(clockShape),
    'What time it is in the world, and how fast it passes. Default: as on the machine.',
  ),
  ports: described(v.nullable(map), 'Your own assignments of port numbers, over those of IANA.'),
  'catch-all': described(v.boolean(), 'Answer for every name, every address and every port. Default: false.'),
  seed: described(v.pipe(v.number(), v.safeInteger()), 'Seeds every chance in this world. Default: 1.'),
})

export type WorldShape = v.InferOutput<typeof worldShape>
export type UserShape = v.InferOutput<typeof userShape>
export type DomainShape = v.InferOutput<typeof domainShape>
export type HostShape = v.InferOutput<typeof hostShape>
/** `because` is missing only in rules that were refused for it. */
export type MatchShape = v.InferOutput<typeof looseMatchShape>
export type FaultShape = v.InferOutput<typeof faultShape>
export type PortsShape = v.InferOutput<typeof ports>
