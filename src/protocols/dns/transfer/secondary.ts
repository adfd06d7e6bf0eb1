// One zone that is transferred from others: when it is looked for something newer, from whom, and for how long the copy is good
// (RFC 1035 §3.3.13, RFC 1034 §4.3.5).

import { formatAddress, type Address } from '../../../core/address.ts'
import { isFailure, type Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { ServedZone, TransactionKey, TransferSource, ZoneVersion } from '../../../core/zones.ts'
import { TYPE } from '../../../shared/dns/messages.ts'
import type { ZoneStanding } from '../desk.ts'
import type { KeysByName } from '../transaction/asker.ts'
import { TransferConversation, type Outcome } from './conversation.ts'
import { applyDifferences } from './differences-in.ts'
import { retryMs } from './patience.ts'
import { soaNumbers, soaOf } from './soa.ts'

/** Between tries while there is nothing at all to serve, at most; ours. */
const EMPTY_RETRY_MAX_MS = 10_000
/** An SOA that says less makes no sense; ours. */
const REFRESH_MIN_MS = 1000
/** Between two looks, however often somebody says that there is something new: as a primary's notices of one zone. Who says so may be anybody. */
const LOOK_MIN_MS = 20
/** Longer deadlines than a year are none. */
const DEADLINE_MAX_MS = 31_536_000_000
/** From which wait on a failure is told of: before, others may still be starting. */
const TELL_FROM_MS = 500

export interface SecondaryParts {
  /** The service's. */
  readonly io: Io
  readonly keys: KeysByName
  readonly standing: ZoneStanding
  /** Begins `run` once its turn has come; it calls what it is handed when it is over. */
  turn(run: (over: () => void) => void): void
}

export class Secondary {
  readonly #parts: SecondaryParts
  readonly #served: ServedZone
  readonly #checkTimer: string
  readonly #expireTimer: string
  #busy = false
  #lookedMs = -Infinity
  /** Somebody said during a look that there is something new. */
  #again = false
  #failures = 0
  #told = false
  /** `later`: differences could not be had or made. `anyway`: they were made, and did not come to what the source has. */
  #whole: 'later' | 'anyway' | undefined
  #expiresMs = Infinity
  #isExpired = false

  constructor(parts: SecondaryParts, served: ServedZone) {
    this.#parts = parts
    this.#served = served
    this.#checkTimer = `secondary:check ${this.apex}`
    this.#expireTimer = `secondary:expire ${this.apex}`
  }

  get apex(): Name {
    return this.#served.zone.apex
  }

  get sources(): readonly TransferSource[] {
    return this.#served.sources
  }

  get serial(): number | undefined {
    return this.#served.zone.current?.serial
  }

  /** Undefined: there is no copy. */
  get expireSeconds(): number | undefined {
    if (this.serial === undefined) return undefined
    return Math.max(0, Math.ceil((this.#expiresMs - this.#parts.io.now) / 1000))
  }

  start(): void {
    const version = this.#served.zone.current
    if (version !== undefined) this.#goodFor(version, undefined)
    this.check()
  }

  /** Looks for something newer now, at `first` before the others. */
  check(first?: Address): void {
    if (this.#busy) {
      this.#again = true
      return
    }
    const { io } = this.#parts
    const fromMs = this.#lookedMs + LOOK_MIN_MS
    if (io.now < fromMs) return io.wakeAt(this.#checkTimer, fromMs)
    this.#lookedMs = io.now
    this.#busy = true
    io.cancel(this.#checkTimer)
    const sources = this.sources.toSorted((a, b) => rank(a, first) - rank(b, first))
    this.#parts.turn((over) => this.#try(sources, over))
  }

  woke(timer: string): void {
    if (timer === this.#checkTimer) this.check()
    else if (timer === this.#expireTimer) this.#expire()
  }

  #try(sources: readonly TransferSource[], over: () => void, reasons: readonly string[] = []): void {
    const [source, ...rest] = sources
    if (source === undefined) return this.#failed(reasons.join('; ') || 'no source', over)
    const next = (reason: string): void =>
      this.#try(rest, over, [...reasons, `${formatAddress(source.address)}: ${reason}`])
    const key = this.#keyOf(source)
    if (key === 'unknown') return next(`there is no key ${source.key}`)
    const wanted = { apex: this.apex, current: this.#served.zone.current, key, whole: this.#whole }
    const heard = (outcome: Outcome): void => this.#heard(outcome, source, over, next)
    this.#parts.io.connect(source.address, (io) => new TransferConversation(io, wanted, heard))
  }

  #keyOf({ key }: TransferSource): TransactionKey | 'unknown' | undefined {
    return key === undefined ? undefined : (this.#parts.keys.get(key) ?? 'unknown')
  }

  #heard(outcome: Outcome, source: TransferSource, over: () => void, next: (reason: string) => void): void {
    const { io } = this.#parts
    const { zone } = this.#served
    if (outcome.kind === 'failed') {
      if (outcome.step === TYPE.IXFR) this.#whole ??= 'later'
      return next(outcome.reason)
    }
    const { expireSeconds } = outcome
    if (outcome.kind === 'current') return this.#succeeded(zone.current, expireSeconds, over, outcome.older === true)
    const changed =
      outcome.kind === 'whole' ? zone.replace(outcome.records()) : applyDifferences(zone, outcome.differences)
    io.ask(changed, (result: ZoneVersion | Failure) => {
      const isMade = outcome.kind === 'differences'
      if (isFailure(result)) {
        if (isMade) this.#whole ??= 'later'
        return next(`${isMade ? 'IXFR' : 'AXFR'}: ${result.message}`)
      }
      if (isMade && result.serial !== outcome.serial) {
        this.#whole = 'anyway'
        return next('IXFR: the differences do not lead to what the source has')
      }
      this.#tell(result, outcome.kind === 'whole' ? 'whole' : 'differences', source)
      this.#succeeded(result, expireSeconds, over, false)
    })
  }

  #succeeded(
    version: ZoneVersion | undefined,
    expireSeconds: number | undefined,
    over: () => void,
    older: boolean,
  ): void {
    this.#failures = 0
    this.#whole = undefined
    if (older && !this.#told) this.#complain('the source has an older serial')
    this.#told = older
    if (version !== undefined) this.#goodFor(version, expireSeconds)
    const refreshMs = version === undefined ? EMPTY_RETRY_MAX_MS : soaNumbers(soaOf(version).data).refreshSeconds * 1000
    this.#over(refreshMs, over)
  }

  #failed(reason: string, over: () => void): void {
    const version = this.#served.zone.current
    const mostMs = version === undefined ? EMPTY_RETRY_MAX_MS : soaNumbers(soaOf(version).data).retrySeconds * 1000
    this.#failures += 1
    const waitMs = retryMs(this.#failures, Math.max(REFRESH_MIN_MS, mostMs))
    if (waitMs >= TELL_FROM_MS && !this.#told) {
      this.#told = true
      this.#complain(reason)
    }
    this.#over(waitMs, over)
  }

  #over(waitMs: number, over: () => void): void {
    const { io } = this.#parts
    this.#busy = false
    const leastMs = this.#failures > 0 ? 0 : REFRESH_MIN_MS
    io.wakeAt(this.#checkTimer, io.now + Math.min(DEADLINE_MAX_MS, Math.max(leastMs, waitMs)))
    over()
    if (!this.#again) return
    this.#again = false
    this.check()
  }

  #goodFor(version: ZoneVersion, expireSeconds: number | undefined): void {
    const { io } = this.#parts
    const ownSeconds = soaNumbers(soaOf(version).data).expireSeconds
    const seconds = expireSeconds === undefined ? ownSeconds : Math.min(ownSeconds, expireSeconds)
    this.#expiresMs = io.now + Math.min(DEADLINE_MAX_MS, seconds * 1000)
    io.wakeAt(this.#expireTimer, this.#expiresMs)
    if (!this.#isExpired) return
    this.#isExpired = false
    this.#parts.standing.setExpired(this.apex, false)
  }

  #expire(): void {
    this.#isExpired = true
    this.#parts.standing.setExpired(this.apex, true)
    this.#complain('its copy is good no longer: no source has answered for so long')
  }

  #complain(reason: string): void {
    const summary = `${this.apex || '.'} is not transferred: ${reason}`
    this.#parts.io.emit({ kind: 'dns.transfer', severity: 'warning', summary, detail: { zone: this.apex } })
  }

  #tell(version: ZoneVersion, extent: string, { address, key }: TransferSource): void {
    const summary = `${this.apex || '.'} ${version.serial} from ${address.ip}: ${extent}, ${version.count} records`
    const { serial, count } = version
    const peer = formatAddress(address)
    const detail = { zone: this.apex, serial, records: count, peer, extent, key: key ?? '' }
    this.#parts.io.emit({ kind: 'dns.transfer', summary, detail })
  }
}

function rank({ address }: TransferSource, first: Address | undefined): number {
  return address.ip === first?.ip ? 0 : 1
}
