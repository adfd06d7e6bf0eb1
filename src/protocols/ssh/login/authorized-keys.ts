// Lines of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT): which keys open an account, and for what.

import { Reader } from '../../../wire/reader.ts'
import { RSA_MIN_BITS } from '../limits.ts'
import { NO_OPTIONS, parseKeyOptions, type KeyOptions } from './key-options.ts'

/** Keys that we can check a signature of. */
const ALGORITHMS: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
])

export interface AuthorizedKey {
  /** The public key (RFC 4253 §6.6). */
  readonly blob: Buffer
  readonly options: KeyOptions
}

const KEY = /^((?:ssh|ecdsa)-[a-z0-9-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:\s|$)/

/** `undefined`: a comment, an empty line, or a key or an option that cannot be held. */
export function parseAuthorizedKey(line: string): AuthorizedKey | undefined {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return undefined
  const bare = KEY.exec(text)
  const end = bare === null ? endOfOptions(text) : 0
  const match = bare ?? KEY.exec(text.slice(end).trimStart())
  if (match === null) return undefined
  const [, algorithm = '', base64 = ''] = match
  const blob = Buffer.from(base64, 'base64')
  const options = end === 0 ? NO_OPTIONS : parseKeyOptions(text.slice(0, end))
  if (options === undefined || keyAlgorithm(blob) !== algorithm || !isStrong(blob)) return undefined
  return { blob, options }
}

/** Where options end: at the first blank outside of quotes, within which a backslash spares a quote. */
function endOfOptions(text: string): number {
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\' && text.charAt(at + 1) === '"') at++
    else if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && (char === ' ' || char === '\t')) return at
  }
  return text.length
}

export function parseAuthorizedKeys(text: string): readonly AuthorizedKey[] {
  return text
    .split('\n')
    .map(parseAuthorizedKey)
    .filter((key) => key !== undefined)
}

/** What a public key says of itself; `undefined` where we know no such. */
export function keyAlgorithm(blob: Uint8Array): string | undefined {
  const reader = new Reader(blob)
  const name = Buffer.from(reader.take(reader.u32())).toString('latin1')
  return !reader.short && ALGORITHMS.has(name) ? name : undefined
}

/** Whether an RSA key is long enough; keys of other kinds are. */
export function isStrong(blob: Uint8Array): boolean {
  if (keyAlgorithm(blob) !== 'ssh-rsa') return true
  const reader = new Reader(blob)
  reader.take(reader.u32())
  reader.take(reader.u32())
  const modulus = reader.take(reader.u32())
  return !reader.short && bitLength(modulus) >= RSA_MIN_BITS
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
}
