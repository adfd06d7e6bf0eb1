// A zone as this server answers from it: its records, and what signing adds to them.

import type { Name } from '../../core/name.ts'
import type { LiveZone, ServedZone, ZoneVersion } from '../../core/zones.ts'
import type { ZoneSigner } from './signing.ts'

export class HostedZone {
  readonly apex: Name
  readonly signer: ZoneSigner
  readonly #zone: LiveZone
  readonly #isExpired: () => boolean

  constructor(served: ServedZone, signer: ZoneSigner, isExpired: () => boolean) {
    this.apex = served.zone.apex
    this.#zone = served.zone
    this.signer = signer
    this.#isExpired = isExpired
  }

  /** Undefined: there is nothing to serve yet, or no longer. */
  get version(): ZoneVersion | undefined {
    return this.#isExpired() ? undefined : this.#zone.current
  }
}
