// One source: the peer process of RFC 5905 §9 over a datagram port of its own (RFC 9109), with its clock filter. Which source is followed
// is the system process' matter.

import type { Address } from '../../../core/address.ts'
import type { DatagramIo, DatagramMachine } from '../../../core/io.ts'
import { FREQUENCY_TOLERANCE } from '../clock.ts'
import { decodeHeader, encodeHeader } from '../codec/packet.ts'
import { LEAPS, STRATUM_UNSYNCHRONISED, type Header } from '../messages.ts'
import { ClockFilter, type Estimate, type Filtered } from './clock-filter.ts'
import { Exchange, REQUEST_RANDOM_BYTES, type Answer, type Measured } from './exchange.ts'
import { DISTANCE_MAX_MS, DISPERSION_MIN_MS, exponentMs } from './parameters.ts'
import { PollProcess, REACH_POLLS, type PollOptions } from './poll-process.ts'
import type { Protection } from './protection.ts'

/** What an association has of the client that it belongs to. */
export interface AssociationHost {
  /** This host's time at a time of the world. */
  timeMs(wallMs: number): number
  /** Milliseconds of the world that the client has run for; no step moves it. */
  processMs(): number
  /** By how much the clock has been slewed so far. */
  slewedMs(): number
  /** Milliseconds of the world in one of the machine. */
  rate(): number
  /** The clock's precision: the least that a delay and a jitter count. */
  readonly precisionMs: number
  /** The exponent that the discipline asks for. */
  wantedPoll(): number
  heard(association: Association, news: News): void
}

/** `estimate`: the filter has a new one. `faded`: the source is less sure, or gone. */
export type News =
  | { readonly kind: 'estimate' }
  | { readonly kind: 'spike'; readonly measured: Measured }
  | { readonly kind: 'faded' }
  | { readonly kind: 'reachable' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'kiss'; readonly code: string }
  | { readonly kind: 'dropped'; readonly why: string }
  | { readonly kind: 'stale' }

export interface AssociationOptions extends PollOptions {
  /** As the owner wrote it. */
  readonly name: string
  readonly server: Address
  readonly interleaved: boolean
  readonly protection: Protection
  /** Agrees on new keys, once the server does not know these any more. */
  readonly renew?: () => void
}

const POLL_TIMER = 'poll'
/** A clock and an oscillator that are further apart after one exchange: the clock was stepped between. Ours; a slew makes 0.5 ms in a second. */
const STEPPED_MS = 100
/** The first request goes out within this, so that the hosts of a world do not begin in step; ours. */
const START_SPREAD_MS = 200
/** Of the machine, between two requests: a world in which a day passes in a second is no reason for a flood. Ours. */
const POLL_MIN_MACHINE_MS = 20
/** Requests in a row without an answer: no burst is waited for any more. */
const SILENT_REQUESTS = 3
/** Kiss codes that end an association (RFC 5905 §7.4). */
const REFUSALS: ReadonlySet<string> = new Set(['DENY', 'RSTR'])

export class Association implements DatagramMachine {
  readonly options: AssociationOptions
  readonly #io: DatagramIo
  readonly #host: AssociationHost
  readonly #exchange = new Exchange()
  readonly #filter = new ClockFilter()
  readonly #polling: PollProcess
  #told: Header | undefined
  #toldMs = 0
  #sentMs = 0
  /** What had been slewed by the last request, and by the one before. */
  #slewedMs: readonly [number, number] = [0, 0]
  #state: 'running' | 'refused' | 'stopped' = 'running'
  #isUnreachable = false

  constructor(io: DatagramIo, options: AssociationOptions, host: AssociationHost) {
    this.#io = io
    this.options = options
    this.#host = host
    this.#polling = new PollProcess(options)
    this.#pollIn(this.#chance() * START_SPREAD_MS)
  }

  /** `time.harbor.test (192.0.2.1)`. */
  get label(): string {
    const { name, server } = this.options
    return name === server.ip ? name : `${name} (${server.ip})`
  }

  /** Its offset is that of a clock that nobody had slewed: what was slewed until now is to be taken off. */
  get estimate(): Estimate | undefined {
    return this.#filter.estimate
  }

  /** What the source said of itself last; undefined: nothing yet. */
  get told(): Header | undefined {
    return this.#told
  }

  /** When it said that, by this host's time. */
  get toldMs(): number {
    return this.#toldMs
  }

  get reach(): number {
    return this.#polling.reach
  }

  get poll(): number {
    return this.#polling.poll
  }

  /** False once the server has refused it. */
  get isRunning(): boolean {
    return this.#state === 'running'
  }

  /** The root synchronisation distance (RFC 5905 §11.2); Infinity before anything is known. */
  rootDistanceMs(): number {
    const { estimate } = this
    if (estimate === undefined || this.#told === undefined) return Infinity
    const delayMs = Math.max(DISPERSION_MIN_MS, this.#told.rootDelayMs + estimate.delayMs)
    return delayMs / 2 + this.#told.rootDispersionMs + this.dispersionMs() + estimate.jitterMs
  }

  /** Of the estimate, as it has grown until now. */
  dispersionMs(): number {
    const { estimate } = this
    if (estimate === undefined) return Infinity
    return estimate.dispersionMs + (this.#host.processMs() - estimate.updatedMs) * FREQUENCY_TOLERANCE
  }

  /** Whether it may be selected at all (RFC 5905 A.5.5.3), loops left out. */
  get isFit(): boolean {
    const told = this.#told
    if (!this.isRunning || told === undefined || this.reach === 0) return false
    if (isUnsynchronised(told) || told.stratum + 1 >= STRATUM_UNSYNCHRONISED) return false
    return this.rootDistanceMs() <= DISTANCE_MAX_MS + exponentMs(this.#host.wantedPoll()) * FREQUENCY_TOLERANCE
  }

  /** In a burst that is being answered, and not fit yet: in a few seconds it may be. */
  get isWarmingUp(): boolean {
    const answers =
      this.#polling.unanswered < SILENT_REQUESTS && (this.#told === undefined || !isUnsynchronised(this.#told))
    return this.isRunning && this.#polling.isBursting && answers && !this.isFit
  }

  /** Forgets all samples and asks again: the clock was stepped, and they were taken by another one. */
  restart(): void {
    this.#filter.clear()
    this.#exchange.clear()
    this.#told = undefined
    if (!this.isRunning) return
    this.#polling.restart()
    this.#pollIn(this.#chance() * START_SPREAD_MS)
  }

  /** The request that is out would be measured by two clocks. */
  abandonRequest(): void {
    this.#exchange.clear()
  }

  /** The world's clock runs otherwise: so does the interval. */
  reschedule(): void {
    if (this.isRunning) this.#schedule()
  }

  stop(): void {
    this.#state = 'stopped'
    this.#io.cancel(POLL_TIMER)
  }

  woke(timer: string): void {
    if (timer === POLL_TIMER && this.isRunning) this.#pollNow()
  }

  received(packet: Uint8Array, from: Address): void {
    const { server } = this.options
    if (!this.isRunning || from.ip !== server.ip || from.port !== server.port) return
    const header = decodeHeader(packet)
    const why = header === undefined ? 'it is shorter than a header' : this.#exchange.refusal(header)
    if (header === undefined || why !== undefined) return this.#tell({ kind: 'dropped', why: why ?? '' })
    const proof = this.options.protection.prove(packet)
    if (proof === 'stale') return this.#tell({ kind: 'stale' })
    if (proof === 'unproven') return this.#tell({ kind: 'dropped', why: 'it does not prove where it comes from' })
    this.#answered(header, this.#exchange.take(header, this.#host.timeMs(this.#io.arrivedMs)))
  }

  stopped(): void {
    this.stop()
  }

  #answered(header: Header, answer: Answer): void {
    if (answer.kind === 'bogus') return this.#tell({ kind: 'dropped', why: answer.why })
    if (answer.kind === 'kiss') return this.#kissed(header, answer.code)
    const wasUnfit = this.#told !== undefined && isUnsynchronised(this.#told)
    this.#told = header
    this.#toldMs = this.#host.timeMs(this.#io.arrivedMs)
    this.#polling.answered()
    if (this.#isUnreachable) {
      this.#isUnreachable = false
      this.#tell({ kind: 'reachable' })
    }
    if (answer.kind === 'unfit') return this.#tell({ kind: 'faded' })
    if (wasUnfit) this.#burst()
    this.#measured(header, answer)
  }

  #measured(header: Header, measured: Measured): void {
    const { precisionMs } = this.#host
    const passedMs = this.#host.processMs() - this.#sentMs
    if (!measured.isInterleaved && Math.abs(measured.elapsedMs - passedMs) > STEPPED_MS) {
      this.#exchange.clear()
      return this.#tell({ kind: 'dropped', why: 'the clock was stepped between request and answer' })
    }
    const dispersionMs = exponentMs(header.precision) + precisionMs + measured.elapsedMs * FREQUENCY_TOLERANCE
    const offsetMs = measured.offsetMs + this.#slewedMs[measured.isInterleaved ? 1 : 0]
    const delayMs = Math.max(precisionMs, measured.delayMs)
    const sample = { offsetMs, delayMs, dispersionMs, atMs: this.#host.processMs() }
    const pollMs = this.#polling.isBursting ? 0 : exponentMs(this.poll)
    const filtered: Filtered = this.#filter.add(sample, pollMs, precisionMs)
    if (filtered === 'spike') this.#tell({ kind: 'spike', measured })
    else this.#tell({ kind: filtered === 'used' ? 'estimate' : 'faded' })
  }

  #kissed(header: Header, code: string): void {
    if (REFUSALS.has(code)) {
      this.#state = 'refused'
      this.#io.cancel(POLL_TIMER)
    }
    if (code === 'RATE') {
      this.#polling.slowDown(header.poll)
      this.#schedule()
    }
    this.#tell({ kind: 'kiss', code })
  }

  #pollNow(): void {
    const silent = this.#polling.due(this.#host.wantedPoll()) === 'silent'
    if (silent) this.#filter.missed(this.#host.processMs())
    this.#send()
    this.#schedule()
    if (this.#polling.unanswered > REACH_POLLS && !this.#isUnreachable) {
      this.#isUnreachable = true
      this.#tell({ kind: 'unreachable' })
    } else if (silent) this.#tell({ kind: 'faded' })
  }

  #send(): void {
    const { interleaved, protection, server } = this.options
    const header = this.#exchange.request(this.#io.random(REQUEST_RANDOM_BYTES), this.poll, interleaved)
    const packet = protection.protect(encodeHeader(header))
    if (packet === undefined) return this.#tell({ kind: 'stale' })
    this.#sentMs = this.#host.processMs()
    this.#slewedMs = [this.#host.slewedMs(), this.#slewedMs[0]]
    const departed = (wallMs: number) => this.#exchange.departed(header.transmit, this.#host.timeMs(wallMs))
    this.#io.sendStamped(packet, server, { leaving: (_packet, wallMs) => departed(wallMs), left: departed })
  }

  /** The source has got its time just now: as at the start. */
  #burst(): void {
    this.#polling.restart()
    this.#polling.answered()
    this.#polling.burst()
    this.#schedule()
  }

  #schedule(): void {
    this.#pollIn(this.#polling.intervalMs(this.#chance()))
  }

  /** In the host's time, which runs with the world's. */
  #pollIn(ms: number): void {
    if (!this.isRunning) return
    this.#io.wakeAt(POLL_TIMER, this.#io.now + Math.max(POLL_MIN_MACHINE_MS, ms / this.#host.rate()))
  }

  #chance(): number {
    const [byte = 0] = this.#io.random(1)
    return byte / 256
  }

  #tell(news: News): void {
    this.#host.heard(this, news)
  }
}

function isUnsynchronised({ leap, stratum }: Header): boolean {
  return leap === LEAPS.unsynchronised || stratum === 0 || stratum >= STRATUM_UNSYNCHRONISED
}
