// All zones that a host transfers from others: some at a time, and what others notify it of (RFC 1996).

import { formatAddress } from '../../../core/address.ts'
import type { Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { CLASS, OPCODE, RCODE, TYPE, rcodeName, type Message } from '../../../shared/dns/messages.ts'
import {
  refusalTo,
  type DeskPart,
  type DeskReply,
  type DeskRequest,
  type OpenDeskPart,
  type ZoneStanding,
} from '../desk.ts'
import { admit, emptyAnswer, keysByName, type Asker, type KeysByName } from '../transaction/asker.ts'
import { Secondary } from './secondary.ts'
import { soaIn, soaNumbers } from './soa.ts'

/** Conversations with sources at a time; more wait. BIND has 10 (`transfers-in`). */
const AT_A_TIME = 16

export const openSecondaries: OpenDeskPart = (io, world, standing) => new Secondaries(io, world, standing)

class Secondaries implements DeskPart {
  readonly #keys: KeysByName
  readonly #zones: ReadonlyMap<Name, Secondary>
  readonly #served: ReadonlySet<Name>
  #running = 0
  readonly #waiting: ((over: () => void) => void)[] = []

  constructor(io: Io, world: WorldView, standing: ZoneStanding) {
    this.#keys = keysByName(world.transactionKeys)
    this.#served = new Set(world.served.map(({ zone }) => zone.apex))
    const parts = { io, keys: this.#keys, standing, turn: (run: (over: () => void) => void) => this.#turn(run) }
    const copies = world.served.filter(({ role }) => role === 'secondary')
    this.#zones = new Map(copies.map((served) => [served.zone.apex, new Secondary(parts, served)]))
    for (const zone of this.#zones.values()) zone.start()
  }

  take(request: DeskRequest, reply: DeskReply): boolean {
    if (request.message.opcode !== OPCODE.NOTIFY) return false
    const asker = admit(request, reply, this.#keys)
    if (asker !== undefined) this.#notified(request.message, asker, reply)
    return true
  }

  woke(timer: string): void {
    this.#zones.get(timer.slice(timer.indexOf(' ') + 1))?.woke(timer)
  }

  expireSecondsOf(apex: Name): number | undefined {
    return this.#zones.get(apex)?.expireSeconds
  }

  #turn(run: (over: () => void) => void): void {
    this.#waiting.push(run)
    this.#next()
  }

  #next(): void {
    while (this.#running < AT_A_TIME) {
      const run = this.#waiting.shift()
      if (run === undefined) return
      this.#running += 1
      run(() => {
        this.#running -= 1
        this.#next()
      })
    }
  }

  #notified(message: Message, asker: Asker, reply: DeskReply): void {
    const [question] = message.questions
    const apex = foldName(question?.name ?? '')
    const refuse = (rcode: number): void => {
      asker.send(emptyAnswer(message, rcode))
      tellOf(reply, asker, apex, undefined, rcode)
    }
    if (message.questions.length !== 1 || question?.class !== CLASS.IN) return refuse(RCODE.FORMERR)
    if (question.type !== TYPE.SOA) return refuse(RCODE.NOTIMP)
    if (!this.#served.has(apex)) return refuse(RCODE.NOTAUTH)
    const zone = this.#zones.get(apex)
    if (zone === undefined || !isSource(zone, asker)) return refuse(RCODE.REFUSED)
    asker.send(encodeMessage({ ...refusalTo(message, RCODE.NOERROR), authoritative: true }))
    const soa = soaIn(message.answers)
    const serial = soa && soaNumbers(soa.data).serial
    tellOf(reply, asker, apex, serial, RCODE.NOERROR)
    if (serial === undefined || serial !== zone.serial) zone.check(reply.peer)
  }
}

/** RFC 1996 §3.10: it comes from a source, or is signed with the key of one. */
function isSource({ sources }: Secondary, { peer, key }: Asker): boolean {
  return sources.some((source) => source.address.ip === peer.ip || (key !== undefined && source.key === key))
}

function tellOf(
  { tell, peer }: DeskReply,
  { key }: Asker,
  zone: Name,
  serial: number | undefined,
  rcode: number,
): void {
  const detail = { zone, peer: formatAddress(peer), rcode: rcodeName(rcode), key: key ?? '' }
  const version = serial === undefined ? '' : ` ${serial}`
  const heard = `${peer.ip} tells of ${zone || '.'}${version}`
  if (rcode === RCODE.NOERROR) tell({ kind: 'dns.notify', summary: heard, detail })
  else tell({ kind: 'dns.notify', severity: 'warning', summary: `${heard}: ${rcodeName(rcode)}`, detail })
}
