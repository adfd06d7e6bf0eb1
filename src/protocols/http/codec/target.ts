// Request targets and hosts (RFC 9112 §3.2, RFC 9110 §7.2), and paths within a site (RFC 3986 §5.2.4).

import { fieldValue, httpError, type Field, type HttpError, type Version } from '../messages.ts'

export interface Authority {
  /** A name in lower case without a last dot, or an address without brackets. */
  readonly host: string
  readonly port: number | undefined
}

export interface Target {
  /** `*`, or percent-encoded with `/` first. */
  readonly path: string
  readonly query: string | undefined
  readonly authority: Authority | undefined
}

// RFC 3986 §3.2.2: reg-name without percent-encoding (no name of a host needs it), or an IP literal.
const AUTHORITY = /^(?:([A-Za-z0-9._~!$&'()*+,;=-]+)|\[([0-9A-Fa-f:.]+)\])(?::(\d{0,5}))?$/
/** RFC 1035 §2.3.4. */
const HOST_MAX_CHARS = 255

export function parseAuthority(text: string): Authority | undefined {
  const match = AUTHORITY.exec(text)
  if (match === null || text.length > HOST_MAX_CHARS + 8) return undefined
  const host = match[2] === undefined ? match[1]!.toLowerCase().replace(/\.$/, '') : canonicalIp6(match[2])
  const port = match[3] === undefined || match[3] === '' ? undefined : Number(match[3])
  if (host === undefined || host === '' || (port !== undefined && port > 65_535)) return undefined
  return { host, port }
}

/** RFC 5952 text of an IPv6 address. */
function canonicalIp6(text: string): string | undefined {
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1)
}

/** Splits a request target; `authority` is set for the absolute form, which any server must take (RFC 9112 §3.2.2). */
export function parseTarget(method: string, target: string): Target | HttpError {
  if (method === 'CONNECT') return httpError(405, 'CONNECT is for proxies')
  if (target === '*') {
    return method === 'OPTIONS'
      ? { path: '*', query: undefined, authority: undefined }
      : httpError(400, 'the target * without OPTIONS')
  }
  if (target.includes('#')) return httpError(400, 'a fragment in the request target')
  if (target.startsWith('/')) return { ...splitQuery(target), authority: undefined }
  const match = /^https?:\/\/([^/?]*)(.*)$/i.exec(target)
  const authority = match === null ? undefined : parseAuthority(match[1]!)
  if (match === null || authority === undefined) return httpError(400, 'a request target in no known form')
  return { ...splitQuery(match[2]!.startsWith('/') ? match[2]! : `/${match[2]!}`), authority }
}

function splitQuery(target: string): { readonly path: string; readonly query: string | undefined } {
  const at = target.indexOf('?')
  return at === -1 ? { path: target, query: undefined } : { path: target.slice(0, at), query: target.slice(at + 1) }
}

/** RFC 9112 §3.2: exactly one valid Host in 1.1, at most one in 1.0. The target's own authority wins. */
export function effectiveHost(
  version: Version,
  fields: readonly Field[],
  target: Target,
): Authority | undefined | HttpError {
  const hosts = fields.filter(([name]) => name === 'host')
  if (hosts.length > 1) return httpError(400, 'more than one Host (RFC 9112 §3.2)')
  const text = fieldValue(hosts, 'host')
  if (text === undefined) {
    return version !== '1.0' ? httpError(400, 'no Host (RFC 9112 §3.2)') : target.authority
  }
  const host = parseAuthority(text)
  return host === undefined ? httpError(400, 'a malformed Host (RFC 9112 §3.2)') : (target.authority ?? host)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The segments of a percent-encoded path, decoded, without empty and dot segments; a last `''` when the
 * path ends in a slash. Undefined when it leads above the root, hides a slash or NUL, or is not UTF-8.
 */
export function pathSegments(path: string): readonly string[] | undefined {
  const segments: string[] = []
  const raw = path.split('/')
  for (const part of raw) {
    const segment = decodeSegment(part)
    if (segment === undefined) return undefined
    if (segment === '..' && segments.pop() === undefined) return undefined
    if (segment !== '' && segment !== '.' && segment !== '..') segments.push(segment)
  }
  const last = decodeSegment(raw.at(-1) ?? '')
  if (last === '' || last === '.' || last === '..') segments.push('')
  return segments
}

function decodeSegment(part: string): string | undefined {
  if (/^[A-Za-z0-9._~-]*$/.test(part)) return part
  if (/%(?![0-9A-Fa-f]{2})/.test(part)) return undefined
  const bytes = Buffer.from(
    part.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
  if (bytes.includes(0) || bytes.includes(0x2f)) return undefined
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Segments to a path that may stand in a URL. */
export function formatPath(segments: readonly string[]): string {
  return `/${segments.map(encodeURIComponent).join('/')}`
}
