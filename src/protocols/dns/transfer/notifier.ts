// Tells others of new versions of zones (RFC 1996): over UDP, again until they answer. Versions that follow one another quickly
// are told of together, by the last of them.

import { familyOf, formatAddress, type Address } from '../../../core/address.ts'
import { isFailure } from '../../../core/failure.ts'
import type { DatagramIo, DatagramMachine, Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { WorldView } from '../../../core/world-view.ts'
import type { ServedZone, TransactionKey } from '../../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, OPCODE, RCODE, TYPE, isMalformed, query, rcodeName } from '../../../shared/dns/messages.ts'
import { TsigSigner } from '../../../shared/dns/tsig/tsig.ts'
import type { DeskPart, OpenDeskPart } from '../desk.ts'
import { Access } from '../transaction/access.ts'
import { keysByName, type KeysByName } from '../transaction/asker.ts'
import { soaOf } from './soa.ts'

/** Between tries. RFC 1996 §3.6 asks for 60 s and five tries where networks are wide; here others may be starting this moment. */
const TRY_MS: readonly number[] = [30, 200, 1000, 4000, 15_000, 60_000]
/** Between two notices of one zone; ours. */
const GAP_MS = 20
const TELL_TIMER = 'notify:zone '
const TRY_TIMER = 'notify:try '

export const openNotifier: OpenDeskPart = (io, world) => new Notifier(io, world)

/** One who is to hear of one zone. */
interface Telling {
  readonly zone: Told
  readonly to: Address
  readonly timer: string
  readonly key: TransactionKey | undefined
  id: number
  tries: number
  serial: number
}

interface Told {
  readonly served: ServedZone
  readonly access: Access
  lastMs: number
}

class Notifier implements DeskPart {
  readonly #io: Io
  readonly #keys: KeysByName
  readonly #zones = new Map<Name, Told>()
  readonly #tellings = new Map<string, Telling>()
  readonly #sockets = new Map<4 | 6, DatagramIo | 'opening'>()
  readonly #unwatch: readonly (() => void)[]

  constructor(io: Io, world: WorldView) {
    this.#io = io
    this.#keys = keysByName(world.transactionKeys)
    const told = world.served.filter(({ notify }) => notify.length > 0)
    for (const served of told)
      this.#zones.set(served.zone.apex, { served, access: new Access(served.transfer), lastMs: -Infinity })
    this.#unwatch = told.map(({ zone }) => zone.watch(() => this.#changed(zone.apex)))
    for (const { zone } of told) if (zone.current !== undefined) this.#changed(zone.apex)
  }

  take(): boolean {
    return false
  }

  woke(timer: string): void {
    if (timer.startsWith(TELL_TIMER)) return this.#tell(timer.slice(TELL_TIMER.length))
    const telling = this.#tellings.get(timer)
    if (telling !== undefined) this.#try(telling)
  }

  stop(): void {
    for (const unwatch of this.#unwatch) unwatch()
  }

  #changed(apex: Name): void {
    const zone = this.#zones.get(apex)
    if (zone !== undefined) this.#io.wakeAt(TELL_TIMER + apex, Math.max(this.#io.now, zone.lastMs + GAP_MS))
  }

  #tell(apex: Name): void {
    const zone = this.#zones.get(apex)
    const serial = zone?.served.zone.current?.serial
    if (zone === undefined || serial === undefined) return
    zone.lastMs = this.#io.now
    for (const to of zone.served.notify) {
      const timer = `${TRY_TIMER}${formatAddress(to)} ${apex}`
      const telling = { zone, to, timer, key: this.#keyFor(zone, to), id: this.#freshId(), tries: 0, serial }
      this.#tellings.set(timer, telling)
      this.#try(telling)
    }
  }

  /** Signed where who is told may transfer by a key alone. */
  #keyFor({ served, access }: Told, to: Address): TransactionKey | undefined {
    if (access.allows(to.ip, undefined)) return undefined
    return served.transfer.keys.map((name) => this.#keys.get(name)).find((key) => key !== undefined)
  }

  #freshId(): number {
    const [high = 0, low = 0] = this.#io.random(2)
    return (high << 8) | low
  }

  #try(telling: Telling): void {
    const { to, timer, tries } = telling
    const waitMs = TRY_MS[tries]
    if (waitMs === undefined) return this.#end(telling, 'no answer')
    const socket = this.#socket(familyOf(to.ip))
    if (socket === undefined) return
    telling.tries += 1
    this.#io.wakeAt(timer, this.#io.now + waitMs)
    const packet = this.#packet(telling)
    if (packet !== undefined) socket.send(packet, to)
  }

  #packet({ zone, key, id }: Telling): Uint8Array | undefined {
    const { apex, current } = zone.served.zone
    if (current === undefined) return undefined
    const question = { name: apex, type: TYPE.SOA, class: CLASS.IN }
    const answers = [{ ...soaOf(current), class: CLASS.IN }]
    const flags = { opcode: OPCODE.NOTIFY, authoritative: true, recursionDesired: false }
    const message = encodeMessage(query(id, question, { ...flags, answers }))
    return key === undefined ? message : new TsigSigner(key).sign(message, Math.floor(this.#io.wallMs / 1000))
  }

  /** Undefined: not open yet; what waits for it is tried when it is. */
  #socket(family: 4 | 6): DatagramIo | undefined {
    const known = this.#sockets.get(family)
    if (known !== undefined) return known === 'opening' ? undefined : known
    this.#sockets.set(family, 'opening')
    let opened: DatagramIo | undefined
    const open = (io: DatagramIo): DatagramMachine => {
      opened = io
      return { received: (packet, from) => this.#heard(packet, from) }
    }
    this.#io.listen({ transport: 'udp', port: 0, family, open }, (bound) => {
      const waiting = [...this.#tellings.values()].filter(({ to }) => familyOf(to.ip) === family)
      if (isFailure(bound) || opened === undefined) {
        this.#sockets.delete(family)
        const why = isFailure(bound) ? bound.message : 'no port'
        for (const telling of waiting) this.#end(telling, why)
        return
      }
      this.#sockets.set(family, opened)
      for (const telling of waiting) this.#try(telling)
    })
    return undefined
  }

  #heard(packet: Uint8Array, from: Address): void {
    const message = decodeMessage(packet)
    if (isMalformed(message) || !message.response || message.opcode !== OPCODE.NOTIFY) return
    for (const telling of this.#tellings.values()) {
      const { to, id } = telling
      if (id !== message.id || to.ip !== from.ip || to.port !== from.port) continue
      return this.#end(telling, message.rcode === RCODE.NOERROR ? undefined : rcodeName(message.rcode))
    }
  }

  /** `why`: they have not taken it. */
  #end(telling: Telling, why: string | undefined): void {
    const { timer, to, zone, serial } = telling
    this.#tellings.delete(timer)
    this.#io.cancel(timer)
    const { apex } = zone.served.zone
    const detail = {
      zone: apex,
      serial,
      peer: formatAddress(to),
      rcode: why ?? 'NOERROR',
      key: telling.key?.name ?? '',
    }
    const summary = `${to.ip} is told of ${apex || '.'} ${serial}`
    if (why === undefined) this.#io.emit({ kind: 'dns.notify', summary, detail })
    else this.#io.emit({ kind: 'dns.notify', severity: 'warning', summary: `${summary}: ${why}`, detail })
  }
}
