// Answers to AXFR (RFC 5936) and IXFR (RFC 1995): who may have a zone, and which records they get.

import type { Name } from '../../../core/name.ts'
import type { ServedZone, ZoneDifference, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import type { WorldView } from '../../../core/world-view.ts'
import type { Io } from '../../../core/io.ts'
import { formatAddress } from '../../../core/address.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { EXTENDED_ERROR } from '../../../shared/dns/edns/extended-errors.ts'
import {
  CLASS,
  OPCODE,
  RCODE,
  TYPE,
  UDP_PLAIN_MAX_BYTES,
  rcodeName,
  typeName,
  type Message,
  type Question,
} from '../../../shared/dns/messages.ts'
import { signedZone, zoneSigner } from '../../../shared/dnssec/index.ts'
import type { DeskPart, DeskReply, DeskRequest, OpenDeskPart, ZoneStanding } from '../desk.ts'
import { Access } from '../transaction/access.ts'
import { admit, emptyAnswer, keysByName, type Asker, type KeysByName } from '../transaction/asker.ts'
import { transferMessages } from './messages-out.ts'
import { Resigning } from './resigning.ts'
import { Sendings } from './sending.ts'
import { isLater } from '../../../shared/dns/serial.ts'
import { soaIn, soaNumbers, soaOf } from './soa.ts'

export const openOutgoing: OpenDeskPart = (io, world, standing) => new Outgoing(io, world, standing)

interface Offered {
  readonly served: ServedZone
  readonly access: Access
}

/** One request that is granted. */
interface Granted {
  readonly message: Message
  readonly question: Question
  readonly asker: Asker
  readonly reply: DeskReply
  readonly served: ServedZone
  readonly version: ZoneVersion
}

type Extent = 'whole' | 'differences' | 'up to date'

class Outgoing implements DeskPart {
  readonly #secret: Uint8Array
  readonly #resigning: Resigning
  readonly #keys: KeysByName
  readonly #zones: ReadonlyMap<Name, Offered>
  readonly #standing: ZoneStanding
  readonly #sendings: Sendings

  constructor(io: Io, world: WorldView, standing: ZoneStanding) {
    this.#secret = world.secret
    this.#keys = keysByName(world.transactionKeys)
    this.#standing = standing
    this.#sendings = new Sendings(io)
    this.#resigning = new Resigning(io, world)
    this.#zones = new Map(
      world.served.map((served) => [served.zone.apex, { served, access: new Access(served.transfer) }]),
    )
  }

  take(request: DeskRequest, reply: DeskReply): boolean {
    const { message } = request
    const [question] = message.questions
    if (message.opcode !== OPCODE.QUERY || question === undefined) return false
    if (question.type !== TYPE.AXFR && question.type !== TYPE.IXFR) return false
    const asker = admit(request, reply, this.#keys)
    if (asker !== undefined) this.#asked(message, question, asker, reply)
    return true
  }

  woke(timer: string): void {
    if (!this.#resigning.woke(timer)) this.#sendings.woke(timer)
  }

  stop(): void {
    this.#resigning.stop()
  }

  #asked(message: Message, question: Question, asker: Asker, reply: DeskReply): void {
    const refuse = (rcode: number, why?: { readonly code: number; readonly text: string }): void => {
      asker.send(emptyAnswer(message, rcode, why))
      const { peer } = reply
      const zone = foldName(question.name)
      const what = `${typeName(question.type)} of ${zone || '.'} refused to ${peer.ip}`
      const detail = { zone, peer: formatAddress(peer), rcode: rcodeName(rcode), key: asker.key ?? '' }
      const summary = `${what}: ${why?.text || rcodeName(rcode)}`
      reply.tell({ kind: 'dns.transfer', severity: 'warning', summary, detail })
    }
    if (message.questions.length !== 1) return refuse(RCODE.FORMERR)
    const offered = question.class === CLASS.IN ? this.#zones.get(foldName(question.name)) : undefined
    if (offered === undefined) return refuse(RCODE.NOTAUTH, NOT_OURS)
    if (!offered.access.allows(reply.peer.ip, asker.key)) return refuse(RCODE.REFUSED, PROHIBITED)
    const { served } = offered
    const version = this.#standing.isExpired(served.zone.apex) ? undefined : served.zone.current
    if (version === undefined) return refuse(RCODE.SERVFAIL, NOT_READY)
    const granted = { message, question, asker, reply, served, version }
    if (question.type === TYPE.IXFR) this.#increment(granted, refuse)
    // RFC 5936 §4.2: there is no AXFR over UDP.
    else if (reply.transport === 'udp') refuse(RCODE.FORMERR)
    else this.#send(granted, this.#whole(granted), 'whole')
  }

  #increment(granted: Granted, refuse: (rcode: number) => void): void {
    const { message, served, version, reply } = granted
    const theirs = soaIn(message.authorities)
    if (theirs === undefined) return refuse(RCODE.FORMERR)
    const { serial } = soaNumbers(theirs.data)
    const soa = soaOf(version)
    if (serial === version.serial || isLater(serial, version.serial)) return this.#send(granted, [soa], 'up to date')
    const differences = served.signing === undefined ? served.zone.since(serial) : undefined
    const isShort = differences !== undefined && sizeOf(differences) <= version.count
    if (reply.transport === 'udp') return this.#overUdp(granted, isShort ? differences : undefined)
    if (isShort) this.#send(granted, incremental(soa, differences), 'differences')
    else this.#send(granted, this.#whole(granted), 'whole')
  }

  /** RFC 1995 §4: what does not fit is told by the SOA alone, so that they come over TCP. */
  #overUdp(granted: Granted, differences: readonly ZoneDifference[] | undefined): void {
    const { asker, version } = granted
    const soa = soaOf(version)
    const room = Math.min(asker.roomBytes, MESSAGE_UDP_BYTES)
    const [first, second] =
      differences === undefined ? [] : [...transferMessages(headOf(granted), incremental(soa, differences), room)]
    if (first !== undefined && second === undefined) {
      asker.send(first)
      return told(granted, 'differences', first.length, 1)
    }
    const [alone] = transferMessages(headOf(granted), [soa], asker.roomBytes)
    if (alone !== undefined) asker.send(alone)
  }

  #whole({ served, version, reply }: Granted): Iterable<ZoneRecord> {
    const { signing, signedBelow } = served
    if (signing === undefined) return withLast(version.records(), soaOf(version))
    const signed = signedZone(zoneSigner(this.#secret, version.apex, signing), version, signedBelow)
    this.#resigning.copied(served)
    return withLast(signed.records(signed.at(reply.io.wallMs)), soaOf(version))
  }

  #send(granted: Granted, records: Iterable<ZoneRecord>, extent: Extent): void {
    const { asker, reply, message, served } = granted
    const messages = transferMessages(headOf(granted), records, asker.roomBytes)
    const taken = this.#sendings.add({
      asker,
      reply,
      messages,
      burst: served.signing === undefined ? BURST : SIGNED_BURST,
      ended(how, bytes, count) {
        if (how === 'sent') return told(granted, extent, bytes, count)
        if (how === 'unfit') asker.send(emptyAnswer(message, RCODE.SERVFAIL))
        told(granted, extent, bytes, count, BROKEN_OFF[how])
      },
    })
    if (!taken)
      asker.send(emptyAnswer(message, RCODE.SERVFAIL, { code: EXTENDED_ERROR.OTHER, text: 'too many transfers' }))
  }
}

const NOT_OURS = { code: EXTENDED_ERROR.NOT_AUTHORITATIVE, text: 'no zone of this server' }
const PROHIBITED = { code: EXTENDED_ERROR.PROHIBITED, text: 'not one of those who may transfer it' }
const NOT_READY = { code: EXTENDED_ERROR.NOT_READY, text: 'there are no contents' }
const BROKEN_OFF = {
  unfit: 'a record fits into no message',
  stalled: 'they take no more',
  gone: 'they have gone',
} as const
/** Messages that are encoded in a row: some ten milliseconds, and as many where each record set is signed on the way. */
const BURST = 12
const SIGNED_BURST = 3
/** Over UDP a difference is short or goes over TCP. */
const MESSAGE_UDP_BYTES = Math.max(UDP_PLAIN_MAX_BYTES, 4096)

function headOf({ message, question }: Granted) {
  return { id: message.id, question, recursionDesired: message.recursionDesired }
}

function* withLast(records: Iterable<ZoneRecord>, soa: ZoneRecord): Generator<ZoneRecord> {
  yield* records
  yield soa
}

/** RFC 1995 §4: the new SOA around all, in front of each part the SOA that it leads from and to. */
function* incremental(soa: ZoneRecord, differences: readonly ZoneDifference[]): Generator<ZoneRecord> {
  yield soa
  for (const { from, to, removed, added } of differences) {
    yield from
    yield* removed
    yield to
    yield* added
  }
  yield soa
}

function sizeOf(differences: readonly ZoneDifference[]): number {
  return differences.reduce((sum, { removed, added }) => sum + removed.length + added.length, 0)
}

function told(
  { reply, asker, served, version }: Granted,
  extent: Extent,
  bytes: number,
  messages: number,
  broken = '',
): void {
  const { peer } = reply
  const zone = served.zone.apex
  const summary = `${zone || '.'} ${version.serial} to ${peer.ip}: ${extent}${broken && `, broken off: ${broken}`}`
  const detail = {
    zone,
    serial: version.serial,
    peer: formatAddress(peer),
    extent,
    bytes,
    messages,
    key: asker.key ?? '',
  }
  reply.tell({ kind: 'dns.transfer', summary, detail, ...(broken && { severity: 'warning' as const }) })
}
