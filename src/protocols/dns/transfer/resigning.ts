// Copies of a signed zone hold signatures that end. What is signed here is signed anew as the world's time goes on, under the
// same serial; for those who have copies, the serial is then counted up, so that they come for the new signatures.

import type { Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { WorldView } from '../../../core/world-view.ts'
import type { ServedZone, Signing } from '../../../core/zones.ts'
import { signedZone, zoneSigner, type SigningMoment } from '../../../shared/dnssec/index.ts'
import { isFailure } from '../../../core/failure.ts'
import { soaOf, withNextSerial } from './soa.ts'

const TIMER = 'transfer:sign '

interface Copied {
  readonly served: ServedZone
  readonly signing: Signing
  /** Of the signatures that copies have. */
  moment: SigningMoment
}

export class Resigning {
  readonly #io: Io
  readonly #secret: Uint8Array
  readonly #copied = new Map<Name, Copied>()
  readonly #unwatch: () => void

  /** `io` is the service's. */
  constructor(io: Io, world: WorldView) {
    this.#io = io
    this.#secret = world.secret
    this.#unwatch = world.clock.watch(() => this.#lookAtAll())
    for (const served of world.served) if (served.notify.length > 0) this.copied(served)
  }

  /** Somebody has, or may have, a copy. */
  copied(served: ServedZone): void {
    const { signing, zone } = served
    if (signing === undefined || this.#copied.has(zone.apex)) return
    const moment = this.#momentOf(served, signing)
    if (moment === undefined) return
    this.#copied.set(zone.apex, { served, signing, moment })
    this.#wakeFor(zone.apex, moment)
  }

  woke(timer: string): boolean {
    if (!timer.startsWith(TIMER)) return false
    const copied = this.#copied.get(timer.slice(TIMER.length))
    if (copied !== undefined) this.#look(copied)
    return true
  }

  stop(): void {
    this.#unwatch()
  }

  #lookAtAll(): void {
    for (const copied of this.#copied.values()) this.#look(copied)
  }

  #look(copied: Copied): void {
    const { served, signing } = copied
    const { zone } = served
    const moment = this.#momentOf(served, signing)
    if (moment === undefined) return
    this.#wakeFor(zone.apex, moment)
    if (moment.inceptionMs === copied.moment.inceptionMs && moment.keys === copied.moment.keys) return
    copied.moment = moment
    const version = zone.current
    if (version === undefined) return
    this.#io.ask(zone.change({ remove: [], add: [withNextSerial(soaOf(version))] }), (outcome) => {
      const name = zone.apex || '.'
      if (!isFailure(outcome)) return
      const summary = `${name} is signed anew, and its copies are not told: ${outcome.message}`
      this.#io.emit({ kind: 'dns.notify', severity: 'warning', summary, detail: { zone: zone.apex } })
    })
  }

  #wakeFor(apex: Name, { untilMs }: SigningMoment): void {
    if (untilMs !== Infinity) this.#io.wakeAtWall(TIMER + apex, untilMs)
  }

  #momentOf({ zone, signedBelow }: ServedZone, signing: Signing): SigningMoment | undefined {
    const version = zone.current
    if (version === undefined) return undefined
    return signedZone(zoneSigner(this.#secret, zone.apex, signing), version, signedBelow).at(this.#io.wallMs)
  }
}
