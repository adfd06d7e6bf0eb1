// The clock filter (RFC 5905 §10): of the last eight samples of a source that of the least delay speaks for it. It knows of no
// other source.

import { FREQUENCY_TOLERANCE } from '../clock.ts'
import { DISPERSION_MAX_MS, FILTER_STAGES, SPIKE_GATE } from './parameters.ts'

/** One exchange with a source. Positive offsets: the source is ahead of this host. */
export interface Sample {
  readonly offsetMs: number
  readonly delayMs: number
  readonly dispersionMs: number
  /** When it was taken, in the process time of the client. */
  readonly atMs: number
}

/** What the filter makes of its samples. */
export interface Estimate {
  readonly offsetMs: number
  readonly delayMs: number
  readonly dispersionMs: number
  readonly jitterMs: number
  /** When the sample was taken that speaks. */
  readonly sampledMs: number
  /** When the dispersion was computed; it grows from here. */
  readonly updatedMs: number
}

/** `used`: the estimate is new. `old`: a sample that has spoken already is still the best. `spike`: suppressed. */
export type Filtered = 'used' | 'old' | 'spike'

export class ClockFilter {
  /** Newest first. */
  #samples: Sample[] = []
  #estimate: Estimate | undefined

  get estimate(): Estimate | undefined {
    return this.#estimate
  }

  /** Newest first; for those who watch. */
  get samples(): readonly Sample[] {
    return this.#samples
  }

  /** `pollMs`: the interval at which the source is asked; 0: it is a burst, in which nothing is a spike. `jitterMinMs`: the precision of the clock. */
  add(sample: Sample, pollMs: number, jitterMinMs: number): Filtered {
    this.#shift(sample)
    const before = this.#estimate
    const next = this.#estimated(sample.atMs, jitterMinMs)
    if (next === undefined) return 'old'
    if (before !== undefined && next.sampledMs <= before.sampledMs) {
      const { dispersionMs, jitterMs, updatedMs } = next
      this.#estimate = { ...before, dispersionMs, jitterMs, updatedMs }
      return 'old'
    }
    if (before !== undefined && this.#knowsJitter && isSpike(before, next, pollMs)) return 'spike'
    this.#estimate = next
    return 'used'
  }

  /** Nothing came: the estimate gets worse, and is gone with its last sample. */
  missed(atMs: number): void {
    this.#shift({ offsetMs: 0, delayMs: DISPERSION_MAX_MS, dispersionMs: DISPERSION_MAX_MS, atMs })
    const next = this.#estimated(atMs, 0)
    const before = this.#estimate
    this.#estimate = next && before && { ...before, dispersionMs: next.dispersionMs, updatedMs: atMs }
  }

  clear(): void {
    this.#samples = []
    this.#estimate = undefined
  }

  /** Before that, a jitter is an accident. */
  get #knowsJitter(): boolean {
    return this.#samples.filter((sample) => !isDummy(sample)).length > FILTER_STAGES / 2
  }

  #shift(sample: Sample): void {
    this.#samples = [sample, ...this.#samples].slice(0, FILTER_STAGES)
  }

  #estimated(nowMs: number, jitterMinMs: number): Estimate | undefined {
    const sorted = this.#samples
      .map((sample) => ({ ...sample, dispersionMs: agedMs(sample, nowMs) }))
      .toSorted((a, b) => Number(isDummy(a)) - Number(isDummy(b)) || a.delayMs - b.delayMs)
    const [best] = sorted
    if (best === undefined || isDummy(best)) return undefined
    const valid = sorted.filter((sample) => !isDummy(sample))
    return {
      offsetMs: best.offsetMs,
      delayMs: best.delayMs,
      dispersionMs: weighted(sorted),
      jitterMs: Math.max(jitterMinMs, jitterOf(valid, best)),
      sampledMs: best.atMs,
      updatedMs: nowMs,
    }
  }
}

const isDummy = (sample: Sample): boolean => sample.dispersionMs >= DISPERSION_MAX_MS

function agedMs({ dispersionMs, atMs }: Sample, nowMs: number): number {
  return Math.min(DISPERSION_MAX_MS, dispersionMs + Math.max(0, nowMs - atMs) * FREQUENCY_TOLERANCE)
}

/** Halved from stage to stage; stages that nothing has come to yet count most. */
function weighted(sorted: readonly Sample[]): number {
  let sum = 0
  for (let stage = 0; stage < FILTER_STAGES; stage++) {
    sum += (sorted[stage]?.dispersionMs ?? DISPERSION_MAX_MS) / 2 ** (stage + 1)
  }
  return sum
}

function jitterOf(valid: readonly Sample[], best: Sample): number {
  if (valid.length < 2) return 0
  const squares = valid.reduce((sum, { offsetMs }) => sum + (offsetMs - best.offsetMs) ** 2, 0)
  return Math.sqrt(squares / (valid.length - 1))
}

/**
 * The popcorn spike suppressor. The jitter is that from before the sample: the sample's own would grow with the spike, which
 * would then never exceed three times of it.
 */
function isSpike(before: Estimate, next: Estimate, pollMs: number): boolean {
  const jump = Math.abs(next.offsetMs - before.offsetMs)
  return jump > SPIKE_GATE * before.jitterMs && next.sampledMs - before.sampledMs < 2 * pollMs
}
