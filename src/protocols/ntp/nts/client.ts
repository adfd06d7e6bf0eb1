// NTS at a client (RFC 8915): gets keys and cookies from a server, and protects packets with them.

import type { Address } from '../../../core/address.ts'
import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { CloseReason, Io, StreamIo, StreamMachine } from '../../../core/io.ts'
import { ipBytes } from '../../../wire/ip.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { decodeTrailer, encodeField, type ExtensionField } from '../codec/extension.ts'
import { decodeHeader, textOfReferenceId } from '../codec/packet.ts'
import { NTS_ALPN, NTS_KE_PORT, STRATUM_UNSPECIFIED } from '../messages.ts'
import { algorithmNumbered, type Aead } from './algorithms.ts'
import { exportKeys, readAnswer, REQUEST } from './establishment.ts'
import { authenticatorBytes, openAuthenticator, protectedOf, writeAuthenticator } from './fields.ts'
import {
  COOKIES_MAX,
  ESTABLISHMENT_MS,
  FIELDS,
  MESSAGE_MAX_BYTES,
  RECORDS,
  UNIQUE_ID_MIN_BYTES,
  type SessionKeys,
} from './messages.ts'
import { encodeRecords, takeRecord, type Record } from './records.ts'

/** What a key establishment gives. */
export interface NtsSession extends SessionKeys {
  readonly cookies: readonly Uint8Array[]
  /** Where to ask for the time, where the server named another place than the one that was asked for keys. */
  readonly server: string | undefined
  readonly port: number | undefined
}

const TIMER = 'establishment'
const RECORD_HEADER_BYTES = 4

/**
 * Asks the server at `to` for keys and cookies; `serverName` is what it must have a certificate for. Failures: those of TCP and TLS,
 * and `EPROTO` with the reason in words.
 */
export function establishKeys(
  io: Io,
  to: Address,
  serverName: string,
  then: (result: NtsSession | Failure) => void,
): void {
  io.connect(to, (stream) => new EstablishmentClient(stream, serverName, then))
}

/** What protects the packets of one association, and where they go. */
export interface NtsAgreement {
  readonly protection: NtsProtection
  readonly server: Address
}

/**
 * Keys of the server at `ip`, known as `host`, for packets to `port` of it unless it says otherwise. Failures: those of `establishKeys`, and
 * `ENOTSUP` for a server that sends elsewhere by a name.
 */
export function agreeOnKeys(
  io: Io,
  { host, port }: { readonly host: string; readonly port: number },
  ip: string,
  then: (result: NtsAgreement | Failure) => void,
): void {
  establishKeys(io, { ip, port: NTS_KE_PORT }, host, (session) => {
    if (isFailure(session)) return then(session)
    const { server = ip } = session
    const elsewhere = server === host ? ip : server
    if (ipBytes(elsewhere) === undefined) return then(failure('ENOTSUP', `the keys are for another server, ${server}`))
    const protection = new NtsProtection(session, (size) => io.random(size))
    then({ protection, server: { ip: elsewhere, port: session.port ?? port } })
  })
}

class EstablishmentClient implements StreamMachine {
  readonly #io: StreamIo
  readonly #serverName: string
  readonly #records: Record[] = []
  #then: ((result: NtsSession | Failure) => void) | undefined
  #bytes = 0

  constructor(io: StreamIo, serverName: string, then: (result: NtsSession | Failure) => void) {
    this.#io = io
    this.#serverName = serverName
    this.#then = then
  }

  opened(): void {
    this.#io.wakeAt(TIMER, this.#io.now + ESTABLISHMENT_MS)
    this.#io.secure({ side: 'client', serverName: this.#serverName, alpn: [NTS_ALPN] }, (result) => {
      if (isFailure(result)) return this.#settle(result)
      if (result.version !== 'TLSv1.3' || result.alpn !== NTS_ALPN)
        return this.#fail(`the server does not speak ${NTS_ALPN} over TLS 1.3`)
      this.#io.send(encodeRecords(REQUEST))
    })
  }

  received(inbox: Inbox): boolean {
    const record = takeRecord(inbox)
    this.#bytes += record === undefined ? 0 : RECORD_HEADER_BYTES + record.body.length
    if (this.#bytes + (record === undefined ? inbox.length : 0) > MESSAGE_MAX_BYTES)
      this.#fail('the answer is too long')
    if (record === undefined || this.#then === undefined) return false
    if (record.type === RECORDS.endOfMessage) this.#answered()
    else this.#records.push(record)
    return true
  }

  woke(): void {
    this.#settle(failure('ETIMEDOUT', 'the key establishment took too long'))
    this.#io.reset('timeout')
  }

  closed({ kind, detail }: CloseReason): void {
    this.#settle(
      failure(detail ?? 'ECONNRESET', `the key establishment ${kind}${detail === undefined ? '' : `: ${detail}`}`),
    )
  }

  #answered(): void {
    const answer = readAnswer(this.#records)
    if (typeof answer === 'string') return this.#fail(answer)
    const { tls } = this.#io
    const keys = tls && exportKeys(tls, answer.algorithm)
    if (keys === undefined) return this.#fail('this TLS exports no keys')
    this.#settle({ ...keys, cookies: answer.cookies.slice(0, COOKIES_MAX), server: answer.server, port: answer.port })
    this.#io.end()
  }

  #fail(message: string): void {
    this.#settle(failure('EPROTO', message))
    this.#io.reset(message)
  }

  #settle(result: NtsSession | Failure): void {
    const then = this.#then
    this.#then = undefined
    this.#io.cancel(TIMER)
    then?.(result)
  }
}

/** Protects the packets of one association, with the cookies of one session. */
export class NtsProtection {
  readonly name: string
  readonly #aead: { readonly c2s: Aead; readonly s2c: Aead; readonly nonceBytes: number; readonly tagBytes: number }
  readonly #random: (size: number) => Uint8Array
  readonly #cookies: Uint8Array[]
  #uniqueId: Uint8Array | undefined

  constructor(session: NtsSession, random: (size: number) => Uint8Array) {
    const algorithm = algorithmNumbered(session.algorithm)
    if (algorithm === undefined) throw new Error(`no algorithm ${session.algorithm}`)
    this.name = `NTS, ${algorithm.name}`
    const { nonceBytes, tagBytes } = algorithm
    this.#aead = { c2s: algorithm.with(session.c2s), s2c: algorithm.with(session.s2c), nonceBytes, tagBytes }
    this.#random = random
    this.#cookies = [...session.cookies]
  }

  /** Questions that can still be asked. None: keys have to be established again. */
  get cookiesLeft(): number {
    return this.#cookies.length
  }

  /** The packet to send for a header, with room for as many cookies as are missing; `undefined`: no cookie is left. */
  protect(header: Uint8Array): Uint8Array | undefined {
    const cookie = this.#cookies.shift()
    if (cookie === undefined) return undefined
    this.#uniqueId = this.#random(UNIQUE_ID_MIN_BYTES)
    const missing = Math.max(0, COOKIES_MAX - this.#cookies.length - 1)
    const placeholder = encodeField(FIELDS.placeholder, new Uint8Array(cookie.length))
    const covered = Buffer.concat([
      header,
      encodeField(FIELDS.uniqueIdentifier, this.#uniqueId),
      encodeField(FIELDS.cookie, cookie),
      ...Array.from({ length: missing }, () => placeholder),
    ])
    const { c2s, nonceBytes, tagBytes } = this.#aead
    const packet = new Uint8Array(covered.length + authenticatorBytes(nonceBytes, tagBytes))
    packet.set(covered)
    writeAuthenticator(packet, covered.length, c2s, this.#random(nonceBytes), new Uint8Array(0))
    return packet
  }

  /** Of a packet that answers the last one that was protected; keeps the cookies that it brings. `stale`: an NTS NAK (RFC 8915 §5.7). */
  prove(packet: Uint8Array): 'proven' | 'unproven' | 'stale' {
    const header = decodeHeader(packet)
    const found = header && protectedOf(packet, decodeTrailer(packet, header.version)?.fields ?? [])
    if (header === undefined || found === undefined || !this.#isOurs(found.uniqueId)) return 'unproven'
    if (found.authenticator === undefined) {
      const nak = header.stratum === STRATUM_UNSPECIFIED && textOfReferenceId(header.referenceId) === 'NTSN'
      return nak ? 'stale' : 'unproven'
    }
    const inside = openAuthenticator(packet, found.authenticator, this.#aead.s2c)
    if (inside === undefined) return 'unproven'
    this.#uniqueId = undefined
    this.#keep(inside)
    return 'proven'
  }

  #isOurs(field: Uint8Array): boolean {
    const expected = this.#uniqueId && encodeField(FIELDS.uniqueIdentifier, this.#uniqueId)
    return expected !== undefined && Buffer.compare(field, expected) === 0
  }

  #keep(fields: readonly ExtensionField[]): void {
    for (const { type, body } of fields) {
      if (type === FIELDS.cookie && body.length > 0 && this.#cookies.length < COOKIES_MAX)
        this.#cookies.push(new Uint8Array(body))
    }
  }
}
