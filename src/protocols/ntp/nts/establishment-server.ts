// The machine of the key establishment at a server (RFC 8915 §4): one message in, one out, within a TLS 1.3 that exports the keys.

import type { StreamIo, StreamMachine } from '../../../core/io.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { NTS_ALPN } from '../messages.ts'
import type { Cookies } from './cookies.ts'
import { answerRecords, errorRecords, exportKeys, nothingRecords, readRequest } from './establishment.ts'
import { COOKIES_MAX, ERRORS, ESTABLISHMENT_MS, MESSAGE_MAX_BYTES, RECORDS } from './messages.ts'
import { encodeRecords, takeRecord, type Record } from './records.ts'

const TIMER = 'establishment'
const RECORD_HEADER_BYTES = 4

export interface EstablishmentOptions {
  readonly cookies: Cookies
  /** Where the time is to be asked for, if not on port 123. */
  readonly ntpPort: number | undefined
}

export class EstablishmentServer implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: EstablishmentOptions
  readonly #records: Record[] = []
  #bytes = 0
  #done = false

  constructor(io: StreamIo, options: EstablishmentOptions) {
    this.#io = io
    this.#options = options
  }

  opened(): void {
    const { tls } = this.#io
    if (tls?.version !== 'TLSv1.3' || tls.alpn !== NTS_ALPN)
      return this.#io.reset(`key establishment needs TLS 1.3 and ${NTS_ALPN}`)
    this.#io.wakeAt(TIMER, this.#io.now + ESTABLISHMENT_MS)
  }

  received(inbox: Inbox): boolean {
    if (this.#done) return drop(inbox)
    const record = takeRecord(inbox)
    if (record === undefined) {
      if (this.#bytes + inbox.length > MESSAGE_MAX_BYTES) this.#answer(errorRecords(ERRORS.badRequest))
      return false
    }
    this.#bytes += RECORD_HEADER_BYTES + record.body.length
    if (this.#bytes > MESSAGE_MAX_BYTES) this.#answer(errorRecords(ERRORS.badRequest))
    else if (record.type !== RECORDS.endOfMessage) this.#records.push(record)
    else
      this.#answer(
        record.body.length === 0 && record.critical ? this.#answerRecords() : errorRecords(ERRORS.badRequest),
      )
    return true
  }

  woke(): void {
    this.#io.reset('the key establishment took too long')
  }

  #answerRecords(): readonly Record[] {
    const { tls } = this.#io
    const asked = readRequest(this.#records)
    if (asked.kind === 'error') return errorRecords(asked.code)
    if (asked.kind === 'nothing') return nothingRecords(asked.protocols)
    const { algorithm } = asked
    const keys = tls && exportKeys(tls, algorithm)
    if (keys === undefined) return errorRecords(ERRORS.internal)
    const { cookies, ntpPort } = this.#options
    const fresh = Array.from({ length: COOKIES_MAX }, () => cookies.make(keys, this.#io.wallMs))
    const { ip } = this.#io.peer
    const summary = `${ip} has keys and cookies, ${algorithm.name}`
    this.#io.emit({ kind: 'ntp.keys-established', summary, detail: { client: ip, algorithm: algorithm.name } })
    return answerRecords(algorithm, fresh, ntpPort)
  }

  #answer(records: readonly Record[]): void {
    this.#done = true
    this.#io.cancel(TIMER)
    this.#io.send(encodeRecords(records))
    this.#io.end()
  }
}

function drop(inbox: Inbox): boolean {
  const any = inbox.length > 0
  inbox.clear()
  return any
}
