// The data of each record type that a world may hold, checked and written out with absolute names.

import { parseIp } from '../address.ts'
import type { Name } from '../../core/world-view.ts'
import { parseHostName, parseOwnerName } from './names.ts'

/** Octets of one character-string (RFC 1035 §3.3). */
const TEXT_MAX_BYTES = 255

/** A word of a record line as it stands, quotes and escapes included. */
export type Token = string

/** Takes one word of the data and gives its final form, or undefined if it is none of its kind. */
interface Field {
  /** What people are told is expected: `a preference (0-65535)`. */
  readonly expected: string
  read(token: Token, origin: Name): string | undefined
}

interface DataForm {
  readonly fields: readonly Field[]
  /** Stands for any number of further words, at least `least` of them. */
  readonly more?: Field & { readonly least: number }
}

function integer(what: string, most: number): Field {
  return {
    expected: `${what} (0-${most})`,
    read: (token) => (/^\d{1,5}$/.test(token) && Number(token) <= most ? String(Number(token)) : undefined),
  }
}

function address(version: 4 | 6): Field {
  return {
    expected: `an IPv${version} address`,
    read(token) {
      const ip = parseIp(token)
      return ip !== undefined && ip.includes(':') === (version === 6) ? ip : undefined
    },
  }
}

function nameField(what: string, parse: (text: string) => Name | undefined): Field {
  return {
    expected: what,
    read(token, origin) {
      if (token === '@') return `${origin}.`
      const name = parse(token.endsWith('.') ? token : `${token}.${origin}`)
      return name === undefined ? undefined : `${name}.`
    },
  }
}

const host = nameField('the name of a host', parseHostName)
const anyName = nameField('a name', parseOwnerName)
/** `.` says that the service is not there (RFC 2782, RFC 7505). */
const hostOrNone: Field = {
  expected: 'the name of a host, or "." for none',
  read: (token, origin) => (token === '.' ? '.' : host.read(token, origin)),
}

const text: Field = {
  expected: `a text of at most ${TEXT_MAX_BYTES} bytes`,
  read(token) {
    const inner = token.startsWith('"') ? token.slice(1, -1) : token
    const bytes = Buffer.byteLength(inner.replaceAll(/\\(\d{3}|.)/gs, 'x'))
    return bytes <= TEXT_MAX_BYTES && !/\\\d/.test(inner.replaceAll(/\\([01]\d\d|2[0-4]\d|25[0-5])/g, ''))
      ? `"${inner}"`
      : undefined
  },
}

/** RFC 8659 §4.2. */
const tag: Field = {
  expected: 'a tag such as issue, issuewild or iodef',
  read: (token) => (/^[a-zA-Z0-9]{1,255}$/.test(token) ? token.toLowerCase() : undefined),
}

/** RFC 4255 §3.2. */
const fingerprint: Field = {
  expected: 'a fingerprint in hexadecimal',
  read: (token) => (/^(?:[0-9a-fA-F]{2}){1,64}$/.test(token) ? token.toLowerCase() : undefined),
}

/** RFC 9460 §2.1: `alpn="h2,h3"`, `port=8443`, `no-default-alpn`. */
const parameter: Field = {
  expected: 'a parameter such as alpn=h2 or port=8443',
  read: (token) =>
    /^(key\d+|mandatory|alpn|no-default-alpn|port|ipv4hint|ech|ipv6hint)(=\S+)?$/.test(token) ? token : undefined,
}

/** Every type that a record line may have, and the form of its data. */
export const RECORD_TYPES: ReadonlyMap<string, DataForm> = new Map<string, DataForm>([
  ['A', { fields: [address(4)] }],
  ['AAAA', { fields: [address(6)] }],
  ['CNAME', { fields: [anyName] }],
  ['NS', { fields: [host] }],
  ['PTR', { fields: [anyName] }],
  ['MX', { fields: [integer('a preference', 65_535), hostOrNone] }],
  ['TXT', { fields: [], more: { ...text, least: 1 } }],
  [
    'SRV',
    { fields: [integer('a priority', 65_535), integer('a weight', 65_535), integer('a port', 65_535), hostOrNone] },
  ],
  ['CAA', { fields: [integer('flags', 255), tag, text] }],
  ['SSHFP', { fields: [integer('an algorithm', 255), integer('a type of fingerprint', 255), fingerprint] }],
  ['HTTPS', { fields: [integer('a priority', 65_535), hostOrNone], more: { ...parameter, least: 0 } }],
])

/** Presentation form of the data with all names absolute, or what is wrong with it. */
export function parseData(
  form: DataForm,
  tokens: readonly Token[],
  origin: Name,
): { text: string } | { message: string } {
  const words: string[] = []
  for (const [at, token] of tokens.entries()) {
    const field = form.fields[at] ?? form.more
    if (!field) return { message: `nothing may follow; got ${token}` }
    const word = field.read(token, origin)
    if (word === undefined) return { message: `expected ${field.expected}; got ${token}` }
    words.push(word)
  }
  if (words.length >= form.fields.length + (form.more?.least ?? 0)) return { text: words.join(' ') }
  return { message: `expected ${(form.fields[words.length] ?? form.more)?.expected}; the line ends before it` }
}
