// Dynamic updates of the zones that a host holds (RFC 2136): one after the other for each zone, answered once they are durable.
// What comes to a secondary goes on to its source (forwarding.ts).

import { formatAddress } from '../../../core/address.ts'
import { isFailure, type Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { WorldView } from '../../../core/world-view.ts'
import type { ServedZone, ZoneVersion } from '../../../core/zones.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { describe } from '../../../shared/dns/describe.ts'
import { EXTENDED_ERROR } from '../../../shared/dns/edns/extended-errors.ts'
import { CLASS, OPCODE, RCODE, TYPE, rcodeName, type Message } from '../../../shared/dns/messages.ts'
import type { DeskPart, DeskReply, DeskRequest, OpenDeskPart } from '../desk.ts'
import { Access } from '../transaction/access.ts'
import { admit, emptyAnswer, keysByName, type Asker, type KeysByName } from '../transaction/asker.ts'
import { editOf } from './draft.ts'
import { Forwarding } from './forwarding.ts'
import { prerequisitesOf, stepsOf, type Step } from './sections.ts'

/** Updates of one zone that wait for the one before; ours. */
const WAITING_MAX = 1000

export const openUpdates: OpenDeskPart = (io, world) => new Updates(io, world)

interface Editable {
  readonly served: ServedZone
  readonly access: Access
  readonly waiting: Asked[]
  busy: boolean
}

interface Asked {
  readonly message: Message
  readonly asker: Asker
  readonly reply: DeskReply
}

/** A response code, and why, where that is worth a word. */
interface Refusal {
  readonly rcode: number
  readonly code?: number
  readonly text?: string
}

class Updates implements DeskPart {
  readonly #io: Io
  readonly #keys: KeysByName
  readonly #zones: ReadonlyMap<Name, Editable>
  readonly #forwarding: Forwarding

  constructor(io: Io, world: WorldView) {
    this.#io = io
    this.#keys = keysByName(world.transactionKeys)
    this.#forwarding = new Forwarding(io)
    const zones = world.served.map((served): Editable => {
      return { served, access: new Access(served.update), waiting: [], busy: false }
    })
    this.#zones = new Map(zones.map((zone) => [zone.served.zone.apex, zone]))
  }

  take(request: DeskRequest, reply: DeskReply): boolean {
    const { message } = request
    if (message.opcode !== OPCODE.UPDATE) return false
    const asker = admit(request, reply, this.#keys)
    if (asker !== undefined) this.#asked(request, { message, asker, reply })
    return true
  }

  #asked({ packet }: DeskRequest, asked: Asked): void {
    const { message, asker, reply } = asked
    const [zone] = message.questions
    if (message.questions.length !== 1 || zone?.type !== TYPE.SOA) return refuse(asked, { rcode: RCODE.FORMERR })
    const editable = zone.class === CLASS.IN ? this.#zones.get(foldName(zone.name)) : undefined
    if (editable === undefined) return refuse(asked, NOT_OURS)
    const { served, access, waiting } = editable
    if (served.role === 'secondary') {
      if (asker.key === undefined) return refuse(asked, NOT_FORWARDED)
      return this.#forwarding.forward(packet, served.sources, reply, () => refuse(asked, { rcode: RCODE.SERVFAIL }))
    }
    if (!access.allows(reply.peer.ip, asker.key)) return refuse(asked, PROHIBITED)
    if (waiting.length >= WAITING_MAX) return refuse(asked, { rcode: RCODE.SERVFAIL, text: 'too many updates wait' })
    waiting.push(asked)
    this.#next(editable)
  }

  /** Prerequisites hold for what the update before has made. */
  #next(editable: Editable): void {
    const { served, waiting } = editable
    while (!editable.busy) {
      const asked = waiting.shift()
      if (asked === undefined) return
      const version = served.zone.current
      const steps = version === undefined ? NOT_READY : readyFor(served, version, asked.message)
      if (version === undefined || 'rcode' in steps) {
        refuse(asked, 'rcode' in steps ? steps : NOT_READY)
        continue
      }
      editable.busy = true
      this.#io.ask(served.zone.change(editOf(version, steps)), (outcome) => {
        editable.busy = false
        answer(asked, version, outcome)
        this.#next(editable)
      })
    }
  }
}

const NOT_OURS: Refusal = {
  rcode: RCODE.NOTAUTH,
  code: EXTENDED_ERROR.NOT_AUTHORITATIVE,
  text: 'no zone of this server',
}
const NOT_FORWARDED: Refusal = {
  rcode: RCODE.REFUSED,
  code: EXTENDED_ERROR.PROHIBITED,
  text: 'a copy: what is not signed is not forwarded',
}
const PROHIBITED: Refusal = {
  rcode: RCODE.REFUSED,
  code: EXTENDED_ERROR.PROHIBITED,
  text: 'not one of those who may change it',
}
const NOT_READY: Refusal = { rcode: RCODE.SERVFAIL, code: EXTENDED_ERROR.NOT_READY, text: 'there are no contents' }
const OF_SIGNING: Refusal = {
  rcode: RCODE.REFUSED,
  code: EXTENDED_ERROR.PROHIBITED,
  text: 'signing makes these records',
}

/** What signing adds to a zone by itself. */
const SIGNING_TYPES: ReadonlySet<number> = new Set<number>([
  TYPE.RRSIG,
  TYPE.NSEC,
  TYPE.NSEC3,
  TYPE.NSEC3PARAM,
  TYPE.DNSKEY,
  TYPE.CDS,
  TYPE.CDNSKEY,
])

/** Undefined is never: what is to be done, or why not. */
function readyFor({ signing }: ServedZone, version: ZoneVersion, message: Message): readonly Step[] | Refusal {
  const rcode = prerequisitesOf(version, message.answers)
  if (rcode !== RCODE.NOERROR) return { rcode }
  const steps = stepsOf(version.apex, message.authorities)
  if (typeof steps === 'number') return { rcode: steps }
  const isMade = signing !== undefined && message.authorities.some(({ type }) => SIGNING_TYPES.has(type))
  return isMade ? OF_SIGNING : steps
}

function refuse({ message, asker, reply }: Asked, { rcode, code = EXTENDED_ERROR.OTHER, text = '' }: Refusal): void {
  asker.send(emptyAnswer(message, rcode, text === '' ? undefined : { code, text }))
  tell(reply, asker, message, rcode, text)
}

function answer(asked: Asked, before: ZoneVersion, outcome: ZoneVersion | Failure): void {
  const { message, asker, reply } = asked
  if (isFailure(outcome)) {
    const rcode = outcome.code === 'ETOOBIG' ? RCODE.REFUSED : RCODE.SERVFAIL
    return refuse(asked, { rcode, text: outcome.message })
  }
  asker.send(emptyAnswer(message, RCODE.NOERROR))
  const { serial } = outcome
  tell(reply, asker, message, RCODE.NOERROR, serial === before.serial ? 'nothing changes' : `serial ${serial}`)
}

function tell(reply: DeskReply, { key }: Asker, message: Message, rcode: number, more: string): void {
  const zone = foldName(message.questions[0]?.name ?? '')
  const outcome = rcode === RCODE.NOERROR ? more : `${rcodeName(rcode)}${more && `, ${more}`}`
  const summary = `${describe(message)} → ${outcome}`
  const detail = { zone, peer: formatAddress(reply.peer), rcode: rcodeName(rcode), key: key ?? '' }
  const isWrong = rcode !== RCODE.NOERROR && !PREREQUISITES.has(rcode)
  reply.tell({ kind: 'dns.update', summary, detail, ...(isWrong && { severity: 'warning' }) })
}

/** What says that a prerequisite does not hold, which is an answer like any other. */
const PREREQUISITES: ReadonlySet<number> = new Set<number>([
  RCODE.NXDOMAIN,
  RCODE.YXDOMAIN,
  RCODE.NXRRSET,
  RCODE.YXRRSET,
])
