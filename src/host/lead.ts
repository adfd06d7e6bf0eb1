// By how much a packet's time of leaving, read right before the call that sends it, is ahead of the moment at which it does leave: learnt
// from the kernel's stamps, and added. Packets of one size take one way through this process, so each size has its own.

/** Sizes are told apart in steps of so many bytes; the last one is for all that are larger. */
const STEP_BYTES = 64
const STEPS = 16
/** What is longer was kept from leaving by something else than its way. Ours: some ten times what a slow machine takes. */
const LEAD_MAX_MS = 0.5
/** Each stamp moves the lead by this part of its distance, and one far off by no more than this part of the lead itself. */
const WEIGHT = 1 / 8
/** Between two stamps that are asked for to learn from: next to nothing of what a busy server does. */
const LEARN_MS = 10

export class Lead {
  readonly #leadMs = new Float64Array(STEPS).fill(NaN)
  readonly #learntMs = new Float64Array(STEPS).fill(-Infinity)

  /** What to add for a packet of so many bytes. */
  of(bytes: number): number {
    const leadMs = this.#leadMs[stepOf(bytes)]!
    return Number.isNaN(leadMs) ? 0 : leadMs
  }

  /** Whether it is time to learn from a packet that leaves at `nowMs`. */
  wants(bytes: number, nowMs: number): boolean {
    const step = stepOf(bytes)
    if (Math.abs(nowMs - this.#learntMs[step]!) < LEARN_MS) return false
    this.#learntMs[step] = nowMs
    return true
  }

  /** A packet left so much later than the clock was read. */
  saw(bytes: number, ms: number): void {
    if (!(ms > 0 && ms <= LEAD_MAX_MS)) return
    const step = stepOf(bytes)
    const leadMs = this.#leadMs[step]!
    if (Number.isNaN(leadMs)) this.#leadMs[step] = ms
    else this.#leadMs[step] = leadMs + Math.min(ms - leadMs, leadMs) * WEIGHT
  }
}

function stepOf(bytes: number): number {
  return Math.min(STEPS - 1, Math.floor(bytes / STEP_BYTES))
}
