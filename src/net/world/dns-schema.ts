// What a world file says of its DNS beyond records: who serves a domain, how it is signed and transferred, and what is to go wrong.

import * as v from 'valibot'
import { duration } from '../../core/quantities.ts'
import { FAILURES } from './failure-words.ts'

/** RFC 9276 §3.1 asks for none; validators give up above 50 to 150. */
const ITERATIONS_MAX = 500
/** RFC 5155 §3.1.5. */
const SALT_MAX_BYTES = 255
/** Octets that are asked for of a secret: as many as the hash gives (RFC 8945 §6 leaves it open); ours. */
const SECRET_MIN_BYTES = 16
const COUNT_MAX = 1_000_000

function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(v.optional(schema), v.description(text))
}

const names = v.union([v.string(), v.array(v.string())])

const hex = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-fA-F]{2})*$/, 'expected octets in hexadecimal, such as aabbcc'),
  v.maxLength(2 * SALT_MAX_BYTES, `expected at most ${SALT_MAX_BYTES} octets`),
)

export const signingShape = v.strictObject({
  algorithm: described(v.picklist(['ecdsa-p256', 'ed25519']), 'Of its keys. Default: ecdsa-p256.'),
  denial: described(v.picklist(['nsec', 'nsec3']), 'How it proves that there is nothing. Default: nsec.'),
  salt: described(hex, 'Of NSEC3, in hexadecimal. Default: none (RFC 9276).'),
  iterations: described(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(ITERATIONS_MAX)),
    'Additional iterations of NSEC3. Default: 0 (RFC 9276).',
  ),
  'opt-out': described(v.boolean(), 'NSEC3 passes over delegations that are not signed. Default: false.'),
  validity: described(duration, 'For how long a signature holds. Default: 14d.'),
  'zone-key': described(duration, 'For how long a zone-signing key is used, by the clock of the world. Default: 30d.'),
  'key-key': described(duration, 'The same of the key-signing key. Default: always the same.'),
  ahead: described(
    v.boolean(),
    'Sign everything at the start, and not each answer when it is first asked for. Default: false.',
  ),
  broken: described(
    v.picklist(['expired', 'not-yet', 'signature', 'no-signature', 'wrong-ds', 'no-dnskey']),
    'What is wrong with it, for those who test validators. Default: nothing.',
  ),
})

export type SigningShape = v.InferOutput<typeof signingShape>

/** Keys of a domain besides its records. */
export const domainDnsEntries = {
  zone: described(
    v.string(),
    'A zone file (RFC 1035 §5) with its contents; records that stand here or follow from the hosts come over those of the file.',
  ),
  servers: described(
    names,
    'The hosts that serve it: the first one holds it, the others transfer it from there. Default: those of its own hosts that serve dns.',
  ),
  from: described(
    names,
    'Servers outside of this file from which the first one transfers it: addresses, with `key NAME` behind to sign. Default: it holds it itself.',
  ),
  notify: described(names, 'Addresses that are told of each change (RFC 1996), besides the servers of the zone.'),
  transfer: described(
    names,
    'Who may transfer it: hosts, addresses, ranges, `key NAME`, or `any`. Default: the servers of the zone.',
  ),
  update: described(names, 'Who may change it by dynamic update (RFC 2136). Default: nobody.'),
  dnssec: described(
    v.union([v.boolean(), signingShape]),
    'Whether and how it is signed. Default: signed, if `dns: { dnssec: false }` does not say otherwise.',
  ),
} as const

const base64 = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'expected base64'),
  v.check(
    (text) => Buffer.from(text, 'base64').length >= SECRET_MIN_BYTES,
    `expected ${SECRET_MIN_BYTES} octets at least, in base64`,
  ),
)

export const keyShape = v.strictObject({
  algorithm: described(
    v.picklist(['hmac-sha1', 'hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512']),
    'Default: hmac-sha256.',
  ),
  secret: described(base64, 'In base64. Default: one of this world’s own, which `portolan dns keys` shows.'),
})

export const failureShape = v.pipe(
  v.strictObject({
    do: v.pipe(v.picklist(FAILURES), v.description('What goes wrong.')),
    name: described(v.string(), 'For questions of this name; * stands for any characters. Default: all.'),
    type: described(v.string(), 'For questions of this type: A, MX, TYPE65. Default: all.'),
    host: described(v.string(), 'For answers of this server. Default: of all.'),
    peer: described(v.string(), 'For askers: a host, an address or a range. Default: all.'),
    count: described(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(COUNT_MAX)),
      'So many times, and then no more. Default: always.',
    ),
    delay: described(duration, 'How long `delay` holds the answer back. Default: 2s.'),
    poison: described(v.string(), 'What `poison` adds: a name and an address, `www.bank.test 203.0.113.66`.'),
  }),
  v.check(
    (failure) => (failure.do === 'poison') === (failure.poison !== undefined),
    '`do: poison` needs `poison: NAME ADDRESS`, and nothing else has it',
  ),
)

export type FailureShape = v.InferOutput<typeof failureShape>

const map = v.record(v.string(), v.unknown())

export const dnsShape = v.strictObject({
  dnssec: described(v.boolean(), 'Whether zones are signed that do not say themselves. Default: true.'),
  keys: described(v.nullable(map), 'Keys for transfers and updates (TSIG, RFC 8945), by name.'),
  failures: described(
    v.nullable(v.array(v.unknown())),
    'What servers do wrong on purpose. The first that fits is done.',
  ),
})
