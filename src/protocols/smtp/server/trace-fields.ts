// The fields that a server puts before a message: Received (RFC 5321 §4.4), Return-Path and Delivered-To for each
// mailbox, Date and Message-ID where a user's program wrote none (RFC 6409 §8).

import type { TlsInfo } from '../../../core/io.ts'
import { formatLiteral, isAscii } from '../codec/address.ts'

/** Who brought the mail, and how: the same for all mail of one connection. */
export interface Origin {
  /** What it called itself. */
  readonly helo: string
  readonly ip: string
  /** What the world calls it. */
  readonly name: string | undefined
  /** It greeted with EHLO. */
  readonly extended: boolean
  readonly tls: TlsInfo | undefined
  readonly loggedIn: boolean
}

/** Who has not greeted yet. */
export const NOBODY: Origin = { helo: '', ip: '', name: undefined, extended: false, tls: undefined, loggedIn: false }

/** Characters that a name may have in a field: what else a peer calls itself is not repeated. */
const NOT_IN_NAME = /[^\w.:[\]\u0080-\u{10ffff}-]/gu

/** RFC 5321 §4.4, up to the queue's number. `utf8`: the mail came with SMTPUTF8 (RFC 6531 §3.7.3). */
export function receivedFrom(origin: Origin, host: string, utf8: boolean): string {
  const { helo, ip, name, tls } = origin
  const said = isAscii(helo) || utf8 ? helo.replaceAll(NOT_IN_NAME, '?') : '?'
  const secured = tls === undefined ? '' : `\r\n\t(using ${tls.version} with cipher ${tls.cipher})`
  return (
    `Received: from ${said} (${name ?? 'unknown'} ${formatLiteral(ip)})${secured}\r\n` +
    `\tby ${host} (Portolan) with ${protocolOf(origin, utf8)} id `
  )
}

/** RFC 3848, RFC 6531 §4.3. */
function protocolOf({ extended, tls, loggedIn }: Origin, utf8: boolean): string {
  if (!extended) return 'SMTP'
  return `${utf8 ? 'UTF8SMTP' : 'ESMTP'}${tls === undefined ? '' : 'S'}${loggedIn ? 'A' : ''}`
}

/** What follows `receivedFrom`. `recipient` is said where it is the only one: nobody learns who else got it. */
export function receivedRest(queueId: string, recipient: string | undefined, date: string): string {
  return `${queueId}${recipient === undefined ? '' : `\r\n\tfor <${recipient}>`};\r\n\t${date}\r\n`
}

/** What stands before one copy (RFC 5321 §4.4): where to return it, and whose it is, by which loops are known. */
export function copyHead(sender: string, address: string): Uint8Array {
  return Buffer.from(`Return-Path: <${sender}>\r\nDelivered-To: ${address}\r\n`)
}

/** RFC 5322 §3.3, in UTC; made once a second. */
export class DateText {
  #second = -1
  #text = ''

  at(wallMs: number): string {
    const second = Math.floor(wallMs / 1000)
    if (second === this.#second) return this.#text
    this.#second = second
    this.#text = new Date(second * 1000).toUTCString().replace('GMT', '+0000')
    return this.#text
  }
}

/** Names of mails in the events and fields of one server: time, then a count; no two alike, restarts included. */
export class QueueIds {
  #count = 0
  #lastMs = 0

  next(wallMs: number): string {
    this.#lastMs = Math.max(this.#lastMs, wallMs)
    this.#count = (this.#count + 1) % IDS_PER_MS
    if (this.#count === 0) this.#lastMs++
    return `${this.#lastMs.toString(36)}${this.#count.toString(36).padStart(2, '0')}`.toUpperCase()
  }
}

const IDS_PER_MS = 1296 // two digits to base 36
