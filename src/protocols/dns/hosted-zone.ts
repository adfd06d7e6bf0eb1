// A zone as this server answers from it: its records, and what signing adds to them.

import type { Name } from '../../core/name.ts'
import type { LiveZone, ServedZone, ZoneVersion } from '../../core/zones.ts'
import type { ZoneSigner } from './signing.ts'

export class HostedZone {
  readonly apex: Name
  readonly signer: ZoneSigner
  readonly #zone: LiveZone

  constructor(served: ServedZone, signer: ZoneSigner) {
    this.apex = served.zone.apex
    this.#zone = served.zone
    this.signer = signer
  }

  /** Undefined: there is nothing to serve yet. */
  get version(): ZoneVersion | undefined {
    return this.#zone.current
  }
}
