// Mailboxes and paths (RFC 5321 §4.1.2, with the letters of RFC 6531 §3.3): `<alice@harbor.test>`. Who such a mailbox
// belongs to is not known here.

import { formatIp, ipBytes } from '../../../wire/ip.ts'
import { DOMAIN_MAX_BYTES, PATH_MAX_BYTES, type Mailbox } from '../messages.ts'

const ATOM = String.raw`[\w!#$%&'*+/=?^\x60{|}~\u0080-\u{10ffff}-]+`
const DOT_STRING = new RegExp(String.raw`^${ATOM}(?:\.${ATOM})*$`, 'u')
/** RFC 5321 §4.1.2, Quoted-string, with its quotes. */
const QUOTED = /^"(?:[^\p{Cc}"\\]|\\[\x20-\x7e])*"$/u
/** Letters, digits and inner hyphens; labels of IDNA are letters here (RFC 6531 §3.3). */
const LABEL = String.raw`[a-z0-9\u0080-\u{10ffff}](?:[a-z0-9\u0080-\u{10ffff}-]*[a-z0-9\u0080-\u{10ffff}])?`
const DOMAIN = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'u')
const LABEL_MAX_BYTES = 63 // RFC 1035 §2.3.4
const IPV6_TAG = /^ipv6:/i

/** What stands before the address in a source route, which is dropped (RFC 5321 §3.6.1, appendix C). */
const SOURCE_ROUTE = /^@[^:]*:/

/** `local@domain` or `postmaster` alone. `undefined`: neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  if (text.toLowerCase() === 'postmaster') return { local: text, domain: '', address: text }
  const at = text.lastIndexOf('@')
  if (at < 1 || byteLength(text) > PATH_MAX_BYTES) return undefined
  const local = parseLocalPart(text.slice(0, at))
  const domain = parseDomain(text.slice(at + 1))
  if (local === undefined || domain === undefined) return undefined
  return { local, domain, address: `${formatLocalPart(local)}@${domain}` }
}

/**
 * `alice` for `alice` and for `"alice"`. `undefined`: no local part. As long as a path lets it be: senders of lists have
 * more than the 64 octets that RFC 5321 §4.5.3.1.1 promises.
 */
export function parseLocalPart(text: string): string | undefined {
  if (byteLength(text) > PATH_MAX_BYTES) return undefined
  if (DOT_STRING.test(text)) return text
  return QUOTED.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : undefined
}

/** Quoted where it is no dot-string (RFC 5321 §4.1.2: the simplest form is to be used). */
function formatLocalPart(local: string): string {
  return DOT_STRING.test(local) ? local : `"${local.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** In lower case, a literal in canonical form. `undefined`: neither a domain nor an address literal. */
function parseDomain(text: string): string | undefined {
  if (text.startsWith('[')) return parseLiteral(text)
  const domain = text.toLowerCase()
  if (byteLength(domain) > DOMAIN_MAX_BYTES || !DOMAIN.test(domain)) return undefined
  return domain.length <= LABEL_MAX_BYTES || domain.split('.').every(isShort) ? domain : undefined
}

/** RFC 5321 §4.1.3: `[192.0.2.1]`, `[IPv6:2001:db8::1]`. General-address-literals have no registered form. */
function parseLiteral(text: string): string | undefined {
  const ip = literalAddress(text)
  if (ip === undefined) return undefined
  return ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`
}

/** The canonical address inside a literal; `undefined` for a domain. */
export function literalAddress(domain: string): string | undefined {
  if (!domain.startsWith('[') || !domain.endsWith(']')) return undefined
  const inside = domain.slice(1, -1)
  const isIpv6 = IPV6_TAG.test(inside)
  const address = isIpv6 ? inside.slice(5) : inside
  const bytes = address.includes(':') === isIpv6 ? ipBytes(address) : undefined
  return bytes === undefined ? undefined : formatIp(bytes)
}

/** `[192.0.2.1]` for an address. */
export function formatLiteral(ip: string): string {
  return ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`
}

/** Whether it can be told to a server without SMTPUTF8. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}

export interface Path {
  /** `undefined`: the null return path `<>`. */
  readonly mailbox: Mailbox | undefined
  /** What stands behind it: parameters. */
  readonly rest: string
}

/** A path at the beginning of `text`. Laxer than §4.1.2: spaces before it, and no brackets, are forgiven as elsewhere. */
export function parsePath(text: string): Path | undefined {
  const given = text.trimStart()
  const isBracketed = given.startsWith('<')
  const end = isBracketed ? bracketEnd(given) : wordEnd(given)
  if (end === -1) return undefined
  const inside = isBracketed ? given.slice(1, end) : given.slice(0, end)
  const rest = given.slice(isBracketed ? end + 1 : end)
  if (rest !== '' && !rest.startsWith(' ')) return undefined
  if (inside === '') return isBracketed ? { mailbox: undefined, rest: rest.trim() } : undefined
  const mailbox = parseMailbox(inside.replace(SOURCE_ROUTE, ''))
  return mailbox === undefined ? undefined : { mailbox, rest: rest.trim() }
}

/** Of the `>` that is outside quotes. */
function bracketEnd(text: string): number {
  let quoted = false
  for (let at = 1; at < text.length; at++) {
    const char = text[at]
    if (char === '\\' && quoted) at++
    else if (char === '"') quoted = !quoted
    else if (char === '>' && !quoted) return at
  }
  return -1
}

function wordEnd(text: string): number {
  const space = text.indexOf(' ')
  return space === -1 ? text.length : space
}

function isShort(label: string): boolean {
  return byteLength(label) <= LABEL_MAX_BYTES
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
