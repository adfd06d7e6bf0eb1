// Who asks, over what, and what they get besides the answer: their options (RFC 6891), padding where it hides anything
// (RFC 8467), a cookie (RFC 7873).

import { createHmac } from 'node:crypto'
import type { EdnsOption } from '../../../shared/dns/messages.ts'
import type { Voice } from '../../../shared/dns/serving/query-log.ts'
import { WANTS, type QueryScan } from '../../../shared/dns/serving/query-scan.ts'

export interface Asker {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https'
  readonly ip: string
  readonly voice: Voice
  /** Called once at most; `bytes` are read before it returns. */
  reply(bytes: Uint8Array): void
}

/** IANA "DNS EDNS0 Option Codes (OPT)". */
const OPTION = { NSID: 3, COOKIE: 10, KEEPALIVE: 11, PADDING: 12 } as const
/** RFC 8467 §4.1: answers are padded to a multiple of it. */
const PADDING_BLOCK_BYTES = 468
/** RFC 7873 §4: the client's part. */
const CLIENT_COOKIE_BYTES = 8
/** Of ours: RFC 7873 §4.2 allows 8 to 32. */
const SERVER_COOKIE_BYTES = 16
/** RFC 7828 §3.1: the unit of the idle time. */
const KEEPALIVE_UNIT_MS = 100
const OPTION_HEAD_BYTES = 4

export interface AskerSettings {
  readonly identity: string
  readonly idleMs: number
  /** From which the key of the cookies follows. */
  readonly secret: Uint8Array
}

export class AskerOptions {
  readonly #identity: Uint8Array
  readonly #idleMs: number
  readonly #cookieKey: Uint8Array

  constructor({ identity, idleMs, secret }: AskerSettings) {
    this.#identity = Buffer.from(identity)
    this.#idleMs = idleMs
    this.#cookieKey = createHmac('sha256', secret).update(`resolver cookies ${identity}`).digest()
  }

  /** False for most: the answer goes as it is. */
  wanted(scan: QueryScan, transport: Asker['transport']): boolean {
    return scan.variant !== 0 && (scan.cookieBytes > 0 || scan.wants !== 0 || isPrivate(transport))
  }

  /** What goes behind the options of an answer of `bytes` bytes. `malformed`: the cookie is none (RFC 7873 §5.2.2). */
  of(
    packet: Uint8Array,
    scan: QueryScan,
    asker: Pick<Asker, 'transport' | 'ip'>,
    bytes: number,
  ): EdnsOption[] | 'malformed' {
    const options: EdnsOption[] = []
    if (scan.cookieBytes > 0) {
      if (scan.cookieBytes !== 8 && (scan.cookieBytes < 16 || scan.cookieBytes > 40)) return 'malformed'
      options.push(this.#cookie(packet.subarray(scan.cookieStart, scan.cookieStart + CLIENT_COOKIE_BYTES), asker.ip))
    }
    if ((scan.wants & WANTS.nsid) !== 0) options.push({ code: OPTION.NSID, data: this.#identity })
    if ((scan.wants & WANTS.keepalive) !== 0 && (asker.transport === 'tcp' || asker.transport === 'tls')) {
      options.push({ code: OPTION.KEEPALIVE, data: u16(this.#idleMs / KEEPALIVE_UNIT_MS) })
    }
    if (isPrivate(asker.transport)) options.push(paddingFor(bytes, options))
    return options
  }

  /** The same for one address and client cookie, as long as the world has its secret. */
  #cookie(client: Uint8Array, ip: string): EdnsOption {
    const mac = createHmac('sha256', this.#cookieKey).update(client).update(ip).digest()
    return { code: OPTION.COOKIE, data: Buffer.concat([client, mac.subarray(0, SERVER_COOKIE_BYTES)]) }
  }
}

function isPrivate(transport: Asker['transport']): boolean {
  return transport === 'tls' || transport === 'https'
}

function paddingFor(bytes: number, options: readonly EdnsOption[]): EdnsOption {
  const before = options.reduce((sum, { data }) => sum + OPTION_HEAD_BYTES + data.length, bytes) + OPTION_HEAD_BYTES
  const padded = Math.ceil(before / PADDING_BLOCK_BYTES) * PADDING_BLOCK_BYTES
  return { code: OPTION.PADDING, data: new Uint8Array(padded <= 0xffff ? padded - before : 0) }
}

function u16(value: number): Uint8Array {
  const whole = Math.min(0xffff, Math.floor(value))
  return Uint8Array.of(whole >> 8, whole)
}
