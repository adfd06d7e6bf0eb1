// Who serves, signs, transfers and changes each domain, and the settings of all names: from the shapes of the file to the model.

import { didYouMean } from '../../core/closest.ts'
import type { DnsMistake, Signing } from '../../core/zones.ts'
import { RCODE, typeNumber } from '../../shared/dns/messages.ts'
import { formatCidr, parseCidr, parseIp } from '../address.ts'
import { dnsShape, failureShape, keyShape, type FailureShape, type SigningShape } from './dns-schema.ts'
import { RULES_MAX } from './limits.ts'
import type {
  AccessSettings,
  DomainServing,
  Host,
  KeySettings,
  NameSettings,
  OrderedFailure,
  ServerAt,
} from './model.ts'
import { parseHostName, parseOwnerName } from './names.ts'
import type { Path, Problems } from './problems.ts'
import type { DomainShape } from './schema.ts'
import { isSource, type Referents } from './rules.ts'

const DNS_PORT = 53
const DAY_MS = 86_400_000
/** Ours: BIND's is 30 days, Knot's 14. */
const VALIDITY_MS = 14 * DAY_MS
/** Ours; RFC 6781 §3.3 speaks of a month. */
const ZONE_KEY_MS = 30 * DAY_MS
const DELAY_MS = 2000

const ALGORITHMS = { 'ecdsa-p256': 13, ed25519: 15 } as const

/** How zones are signed that say no more than that they are. */
export const DEFAULT_SIGNING: Signing = signingOf({})

function signingOf(shape: SigningShape): Signing {
  return {
    algorithm: ALGORITHMS[shape.algorithm ?? 'ecdsa-p256'],
    denial: shape.denial ?? 'nsec',
    salt: (shape.salt ?? '').toLowerCase(),
    iterations: shape.iterations ?? 0,
    optOut: shape['opt-out'] ?? false,
    validityMs: shape.validity ?? VALIDITY_MS,
    zoneKeyMs: shape['zone-key'] ?? ZONE_KEY_MS,
    keyKeyMs: shape['key-key'] ?? Infinity,
    ahead: shape.ahead ?? false,
    ...(shape.broken === undefined ? {} : { broken: shape.broken }),
  }
}

export interface ServingReferents {
  readonly hosts: readonly Host[]
  readonly referents: Referents
  /** Names of the keys that the file has. */
  readonly keys: ReadonlySet<string>
}

/** `path` leads to the domain. */
export function servingOf(shape: DomainShape, path: Path, known: ServingReferents, problems: Problems): DomainServing {
  const list = (key: 'servers' | 'from' | 'notify' | 'transfer' | 'update') => {
    const words = shape[key]
    return words === undefined ? undefined : [words].flat()
  }
  const servers = list('servers')?.flatMap((word, at) => serverIn(word, [...path, 'servers', at], known, problems))
  const sources = list('from')?.flatMap((word, at) => serverAt(word, [...path, 'from', at], known, problems))
  const notify = list('notify')?.flatMap((word, at) => serverAt(word, [...path, 'notify', at], known, problems))
  const access = (key: 'transfer' | 'update') => {
    const words = list(key)
    return words === undefined ? {} : { [key]: accessIn(words, [...path, key], known, problems) }
  }
  return {
    ...(shape.zone === undefined ? {} : { zoneFile: shape.zone }),
    ...(servers === undefined ? {} : { servers }),
    ...(sources === undefined ? {} : { sources }),
    ...(notify === undefined ? {} : { notify }),
    ...access('transfer'),
    ...access('update'),
    ...(shape.dnssec === undefined ? {} : { signing: signingIn(shape.dnssec) }),
  }
}

function signingIn(value: boolean | SigningShape): Signing | false {
  if (typeof value === 'boolean') return value && DEFAULT_SIGNING
  return signingOf(value)
}

/** A host of the world that serves dns. */
function serverIn(word: string, path: Path, { hosts }: ServingReferents, problems: Problems): string[] {
  const name = parseHostName(word)
  const host = hosts.find((one) => one.name === name || (name !== undefined && one.aliases.includes(name)))
  if (host === undefined) {
    const names = hosts.map((one) => one.name)
    problems.add(path, `"${word}" is no host of this world${didYouMean(word, names)}`)
    return []
  }
  if (host.services.some(({ service }) => service === 'dns')) return [host.name]
  problems.add(path, `${host.name} serves no dns; add it to its services`)
  return []
}

/** `192.0.2.53`, `[2001:db8::1]:5353`, `ns.harbor.test:5353 key xfr`. */
const SERVER_AT =
  /^(?:\[([^\]]+)\]|([^\s:[\]]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*))(?::(\d{1,5}))?(?:\s+key\s+(\S+))?$/

function serverAt(word: string, path: Path, known: ServingReferents, problems: Problems): ServerAt[] {
  const [, bracketed, plain, port, key] = SERVER_AT.exec(word) ?? []
  const server = bracketed ?? plain
  if (server === undefined || Number(port ?? DNS_PORT) > 65_535) {
    problems.add(path, `expected a server such as 192.0.2.53, ns.harbor.test:5353 or 192.0.2.53 key NAME; got ${word}`)
    return []
  }
  const name = key === undefined ? undefined : keyIn(key, path, known, problems)
  if (parseIp(server) === undefined && !known.referents.names.has(server.toLowerCase())) {
    problems.add(path, `"${server}" is neither an address nor a host of this world`)
    return []
  }
  return [
    { server: server.toLowerCase(), port: Number(port ?? DNS_PORT), ...(name === undefined ? {} : { key: name }) },
  ]
}

function keyIn(word: string, path: Path, { keys }: ServingReferents, problems: Problems): string | undefined {
  const name = parseOwnerName(word)
  if (name !== undefined && keys.has(name)) return name
  problems.add(path, `there is no key "${word}" under dns: keys${didYouMean(word, keys)}`)
  return undefined
}

function accessIn(words: readonly string[], path: Path, known: ServingReferents, problems: Problems): AccessSettings {
  const peers: string[] = []
  const keys: string[] = []
  for (const [at, word] of words.entries()) {
    const key = /^key\s+(\S+)$/.exec(word)?.[1]
    if (key !== undefined) {
      const name = keyIn(key, [...path, at], known, problems)
      if (name !== undefined) keys.push(name)
    } else if (word === 'any' || isSource(word, known.referents)) peers.push(canonicalSource(word))
    else problems.add([...path, at], `"${word}" is no host, address or range, and neither \`key NAME\` nor \`any\``)
  }
  return { peers, keys }
}

/** Addresses and ranges as they are compared with peers; names in lower case. */
function canonicalSource(word: string): string {
  const range = parseCidr(word)
  return parseIp(word) ?? (range === undefined ? word.toLowerCase() : formatCidr(range))
}

/** The section `dns`. */
export function resolveNameSettings(input: unknown, referents: Referents, problems: Problems): NameSettings {
  const shape = problems.take(['dns'], dnsShape, input ?? {})
  const failures = shape?.failures ?? []
  if (failures.length > RULES_MAX) problems.add(['dns', 'failures'], `a world has at most ${RULES_MAX} failures`)
  return {
    signed: shape?.dnssec ?? true,
    keys: Object.entries(shape?.keys ?? {}).flatMap(([name, key]) => keyOf(name, key, problems)),
    failures: failures
      .slice(0, RULES_MAX)
      .flatMap((one, at) => failureIn(one, ['dns', 'failures', at], referents, problems)),
  }
}

function keyOf(text: string, value: unknown, problems: Problems): KeySettings[] {
  const path: Path = ['dns', 'keys', text]
  const name = parseOwnerName(text)
  if (name === undefined) problems.add(path, `"${text}" is no name for a key: labels joined by dots`, 'key')
  const shape = problems.take(path, keyShape, value ?? {})
  if (name === undefined || shape === undefined) return []
  const { algorithm = 'hmac-sha256', secret } = shape
  return [{ name, algorithm, ...(secret === undefined ? {} : { secret: Buffer.from(secret, 'base64') }) }]
}

function failureIn(input: unknown, path: Path, referents: Referents, problems: Problems): OrderedFailure[] {
  const shape = problems.take(path, failureShape, input)
  if (shape === undefined) return []
  const outcome = orderedFailure(shape, referents)
  if (!('message' in outcome)) return [outcome]
  problems.add([...path, outcome.key], outcome.message)
  return []
}

/** The failure that a shape orders, or which of its keys is wrong. Command lines are read by it as well. */
export function orderedFailure(
  shape: FailureShape,
  referents: Referents,
): OrderedFailure | { readonly key: string; readonly message: string } {
  const mistake = mistakeOf(shape)
  if (mistake === undefined)
    return { key: 'poison', message: 'expected a name and an address: www.bank.test 203.0.113.66' }
  const type = shape.type === undefined ? undefined : typeNumber(shape.type)
  if (shape.type !== undefined && type === undefined)
    return { key: 'type', message: `"${shape.type}" is no record type` }
  if (shape.peer !== undefined && !isSource(shape.peer, referents))
    return { key: 'peer', message: `"${shape.peer}" is neither a host nor an address or range` }
  const host = shape.host === undefined ? undefined : referents.names.get(shape.host.toLowerCase())
  if (shape.host !== undefined && host === undefined)
    return { key: 'host', message: `there is no host "${shape.host}"` }
  return {
    mistake,
    ...(shape.name === undefined ? {} : { name: shape.name.toLowerCase().replace(/(?<=.)\.$/, '') }),
    ...(type === undefined ? {} : { type }),
    ...(host === undefined ? {} : { host }),
    ...(shape.peer === undefined ? {} : { peer: shape.peer.toLowerCase() }),
    ...(shape.count === undefined ? {} : { count: shape.count }),
  }
}

const RCODES: Partial<Record<FailureShape['do'], number>> = {
  servfail: RCODE.SERVFAIL,
  refused: RCODE.REFUSED,
  nxdomain: RCODE.NXDOMAIN,
  formerr: RCODE.FORMERR,
  notimp: RCODE.NOTIMP,
}

function mistakeOf(shape: FailureShape): DnsMistake | undefined {
  const rcode = RCODES[shape.do]
  if (rcode !== undefined) return { kind: 'rcode', rcode }
  switch (shape.do) {
    case 'delay':
      return { kind: 'delay', ms: shape.delay ?? DELAY_MS }
    case 'poison':
      return poisonOf(shape.poison ?? '')
    case 'silence':
    case 'truncate':
    case 'wrong-id':
    case 'wrong-question':
    case 'lame':
    case 'expired-signature':
    case 'half':
      return { kind: shape.do }
    default:
      return undefined
  }
}

function poisonOf(text: string): DnsMistake | undefined {
  const [nameText = '', ipText = '', ...more] = text.trim().split(/\s+/)
  const name = parseOwnerName(nameText)
  const ip = parseIp(ipText)
  return name === undefined || ip === undefined || more.length > 0 ? undefined : { kind: 'poison', name, ip }
}
