// What a secondary says to a source over one connection: is there anything newer (SOA), what has changed (IXFR), else all of it
// (AXFR). It ends with one outcome, and changes nothing itself.

import type { CloseReason, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { TransactionKey, ZoneVersion } from '../../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { OPTION, decodeExpire, encodeExpire, findOption } from '../../../shared/dns/edns/options.ts'
import { framed, takeFramed } from '../../../shared/dns/framing.ts'
import {
  CLASS,
  RCODE,
  TYPE,
  UDP_UNFRAGMENTED_BYTES,
  isMalformed,
  query,
  rcodeName,
  typeName,
  type Message,
} from '../../../shared/dns/messages.ts'
import { TsigSigner, TsigVerifier } from '../../../shared/dns/tsig/tsig.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { TransferReader, type Transferred } from './records-in.ts'
import { isLater } from '../../../shared/dns/serial.ts'
import { soaIn, soaNumbers, soaOf } from './soa.ts'

/** Without a message. BIND's `max-transfer-idle-in` is an hour, which is too long where nobody waits for a modem. */
const IDLE_MS = 30_000
/** Of the whole conversation: BIND's `max-transfer-time-in`. */
const WHOLE_MS = 7_200_000

export interface Wanted {
  readonly apex: Name
  /** What there is already. */
  readonly current: ZoneVersion | undefined
  readonly key: TransactionKey | undefined
  /** The whole zone rather than differences: where the source has a later one, or whatever serial it has. */
  readonly whole: 'later' | 'anyway' | undefined
}

/** `expireSeconds`: what the source's own copy has left (RFC 7314). `older`: the source has an older one than is here. */
export type Outcome =
  | (Transferred & { readonly expireSeconds?: number; readonly older?: boolean })
  /** `step`: what had been asked for. */
  | { readonly kind: 'failed'; readonly reason: string; readonly step: Step | undefined }

type Step = typeof TYPE.SOA | typeof TYPE.IXFR | typeof TYPE.AXFR

interface Asked {
  readonly step: Step
  readonly id: number
  readonly verifier: TsigVerifier | undefined
  readonly reader: TransferReader
  heard: boolean
}

export class TransferConversation implements StreamMachine {
  readonly #io: StreamIo
  readonly #wanted: Wanted
  #done: ((outcome: Outcome) => void) | undefined
  #asked: Asked | undefined
  #expireSeconds: number | undefined

  constructor(io: StreamIo, wanted: Wanted, done: (outcome: Outcome) => void) {
    this.#io = io
    this.#wanted = wanted
    this.#done = done
  }

  opened(): void {
    const io = this.#io
    const { current, whole } = this.#wanted
    io.wakeAt('whole', io.now + WHOLE_MS)
    this.#ask(current === undefined || whole === 'anyway' ? TYPE.AXFR : TYPE.SOA)
  }

  received(inbox: Inbox): boolean {
    const bytes = takeFramed(inbox)
    if (bytes === undefined) return false
    this.#io.wakeAt('idle', this.#io.now + IDLE_MS)
    if (this.#asked !== undefined) this.#heard(bytes, this.#asked)
    return true
  }

  woke(): void {
    this.#fail('no answer in time')
  }

  closed({ kind, detail }: CloseReason): void {
    this.#fail(detail ?? `the connection was ${kind}`)
  }

  #ask(step: Step): void {
    const { apex, current, key } = this.#wanted
    const [high = 0, low = 0] = this.#io.random(2)
    const id = (high << 8) | low
    const options = [encodeExpire()]
    const message = query(
      id,
      { name: apex, type: step, class: CLASS.IN },
      {
        recursionDesired: false,
        ...(step === TYPE.SOA && {
          edns: { udpSizeBytes: UDP_UNFRAGMENTED_BYTES, version: 0, dnssecOk: false, options },
        }),
        ...(step === TYPE.IXFR && current && { authorities: [{ ...soaOf(current), class: CLASS.IN }] }),
      },
    )
    const plain = encodeMessage(message)
    const signer = key && new TsigSigner(key)
    const packet = signer?.sign(plain, this.#nowSeconds()) ?? plain
    const verifier = key && signer?.mac && new TsigVerifier(key, signer.mac)
    const reader = new TransferReader(apex, step === TYPE.IXFR ? current?.serial : undefined)
    this.#asked = { step, id, verifier, reader, heard: false }
    this.#io.wakeAt('idle', this.#io.now + IDLE_MS)
    this.#io.send(framed(packet))
  }

  #heard(packet: Uint8Array, asked: Asked): void {
    const verdict = asked.verifier?.take(packet, this.#nowSeconds())
    if (verdict?.kind === 'untrusted') {
      const why = verdict.error === 0 ? '' : ` (${rcodeName(verdict.error === 16 ? RCODE.NOTAUTH : verdict.error)})`
      return this.#fail(`${typeName(asked.step)}: ${verdict.reason}${why}`)
    }
    const bytes = verdict?.kind === 'verified' ? verdict.message : new Uint8Array(packet)
    const message = decodeMessage(bytes)
    if (isMalformed(message) || !message.response || message.id !== asked.id)
      return this.#fail(`${typeName(asked.step)}: an answer that is none`)
    if (asked.step === TYPE.SOA) this.#serial(message)
    else this.#transfer(message, bytes, asked)
  }

  #serial(message: Message): void {
    const { apex, current, whole } = this.#wanted
    const soa = soaIn(message.answers.filter(({ name }) => foldName(name) === apex))
    if (message.rcode !== RCODE.NOERROR) return this.#fail(`SOA: ${rcodeName(message.rcode)}`)
    if (soa === undefined || !message.authoritative) return this.#fail('SOA: the source does not have the zone')
    const option = findOption(message.edns?.options ?? [], OPTION.EXPIRE)
    const expire = option && decodeExpire(option.data)
    if (typeof expire === 'number') this.#expireSeconds = expire
    const { serial } = soaNumbers(soa.data)
    if (current === undefined || isLater(serial, current.serial))
      return this.#ask(whole === undefined ? TYPE.IXFR : TYPE.AXFR)
    this.#succeed({ kind: 'current' }, serial !== current.serial)
  }

  #transfer(message: Message, bytes: Uint8Array, asked: Asked): void {
    const { step, reader, verifier } = asked
    if (message.rcode !== RCODE.NOERROR) {
      if (step === TYPE.IXFR && !asked.heard) return this.#ask(TYPE.AXFR)
      return this.#fail(`${typeName(step)}: ${rcodeName(message.rcode)}`)
    }
    asked.heard = true
    if (message.truncated) return this.#fail(`${typeName(step)}: an answer that was cut`)
    const taken = reader.take(message, bytes)
    if (taken === 'more') return
    if (taken.kind === 'wrong') return this.#fail(`${typeName(step)}: ${taken.reason}`)
    if (verifier?.complete === false) return this.#fail(`${typeName(step)}: the last message is not signed`)
    this.#succeed(taken)
  }

  #succeed(transferred: Transferred, older = false): void {
    const expireSeconds = this.#expireSeconds
    this.#finish({ ...transferred, older, ...(expireSeconds !== undefined && { expireSeconds }) })
  }

  #fail(reason: string): void {
    this.#finish({ kind: 'failed', reason, step: this.#asked?.step })
  }

  #finish(outcome: Outcome): void {
    const done = this.#done
    if (done === undefined) return
    this.#done = undefined
    this.#asked = undefined
    if (outcome.kind === 'failed') this.#io.reset(outcome.reason)
    else this.#io.end()
    done(outcome)
  }

  #nowSeconds(): number {
    return Math.floor(this.#io.wallMs / 1000)
  }
}
