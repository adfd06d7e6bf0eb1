// The server's side of NTS in packets (RFC 8915 §5.7): opens questions by their cookie, and seals answers with fresh ones.

import { decodeTrailer, encodeField, type ExtensionField } from '../codec/extension.ts'
import { HEADER_BYTES } from '../messages.ts'
import type { OpenedQuestion } from '../server/packet-security.ts'
import { algorithmNumbered, type Aead, type Algorithm } from './algorithms.ts'
import type { Cookies } from './cookies.ts'
import { authenticatorBytes, openAuthenticator, protectedOf, writeAuthenticator, type Protected } from './fields.ts'
import { COOKIES_MAX, FIELDS, type SessionKeys } from './messages.ts'

/** Sessions whose ciphers are kept, as to begin one takes longer than all else of a question; ours. Nothing hangs on them: cookies bring the keys. */
const SESSIONS_MAX = 512

/** Both directions of one session. */
interface Ciphers {
  readonly algorithm: Algorithm
  readonly c2s: Aead
  readonly s2c: Aead
}

export class PacketServer {
  readonly #cookies: Cookies
  readonly #random: (size: number) => Uint8Array
  readonly #ciphers = new Map<string, Ciphers>()

  constructor(cookies: Cookies, random: (size: number) => Uint8Array) {
    this.#cookies = cookies
    this.#random = random
  }

  /** `undefined`: against the rules, no answer. `nak`: its cookie does not open, or what it covers is not authentic. */
  open(question: Uint8Array, fields: readonly ExtensionField[], wallMs: number): OpenedQuestion | 'nak' | undefined {
    const found = protectedOf(question, fields)
    const [cookie, ...more] = found?.cookies ?? []
    if (found?.authenticator === undefined || cookie === undefined || more.length > 0) return undefined
    const keys = this.#cookies.open(cookie, wallMs)
    const ciphers = keys && this.#ciphersOf(keys)
    if (keys === undefined || ciphers === undefined) return 'nak'
    const inside = openAuthenticator(question, found.authenticator, ciphers.c2s)
    if (inside === undefined) return 'nak'
    const placeholders = [...found.placeholders, ...inside.filter(({ type }) => type === FIELDS.placeholder)]
    const wanted = 1 + placeholders.filter(({ body }) => body.length >= cookie.length).length
    return this.#opened(question.length, found, keys, ciphers, wanted, wallMs)
  }

  #ciphersOf(keys: SessionKeys): Ciphers | undefined {
    const known = `${keys.algorithm} ${Buffer.from(keys.c2s).toString('latin1')}`
    const kept = this.#ciphers.get(known)
    if (kept !== undefined) return kept
    const algorithm = algorithmNumbered(keys.algorithm)
    if (algorithm === undefined) return undefined
    if (this.#ciphers.size >= SESSIONS_MAX) this.#ciphers.clear()
    const made = { algorithm, c2s: algorithm.with(keys.c2s), s2c: algorithm.with(keys.s2c) }
    this.#ciphers.set(known, made)
    return made
  }

  #opened(
    roomBytes: number,
    { uniqueId }: Protected,
    keys: SessionKeys,
    { algorithm, s2c }: Ciphers,
    wanted: number,
    wallMs: number,
  ): OpenedQuestion {
    const at = HEADER_BYTES + uniqueId.length
    const { nonceBytes, tagBytes } = algorithm
    const fresh: Uint8Array[] = []
    let answerBytes = at + authenticatorBytes(nonceBytes, tagBytes)
    while (fresh.length < Math.min(wanted, COOKIES_MAX)) {
      const field = encodeField(FIELDS.cookie, this.#cookies.make(keys, wallMs))
      if (answerBytes + field.length > roomBytes) break
      fresh.push(field)
      answerBytes += field.length
    }
    const id = new Uint8Array(uniqueId)
    return {
      answer: (header) => withId(header, id, answerBytes),
      seal: (answer) => writeAuthenticator(answer, at, s2c, this.#random(nonceBytes), Buffer.concat(fresh)),
    }
  }
}

/** RFC 8915 §5.7: with the unique identifier, and without an authenticator. */
export function nakPacket(question: Uint8Array, header: Uint8Array): Uint8Array {
  const fields = decodeTrailer(question, 4)?.fields ?? []
  const found = protectedOf(question, fields)
  return found === undefined ? header : withId(header, found.uniqueId, HEADER_BYTES + found.uniqueId.length)
}

function withId(header: Uint8Array, uniqueId: Uint8Array, bytes: number): Uint8Array {
  const packet = new Uint8Array(bytes)
  packet.set(header)
  packet.set(uniqueId, HEADER_BYTES)
  return packet
}
