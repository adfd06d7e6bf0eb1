// The machine's own time of day, finer than the whole milliseconds of `Date.now`. By clock_gettime(2) through koffi, once something
// has loaded that; before, from Node's monotonic clock, held to what `Date.now` says.

/** Both in milliseconds; `dateMs` whole, cut off. */
export interface ClockSources {
  monotonicMs(): number
  dateMs(): number
}

const NODE: ClockSources = { monotonicMs: () => performance.now(), dateMs: () => Date.now() }
/** `struct timespec`: two 64-bit words. */
const TIMESPEC_BYTES = 16
const CLOCK_REALTIME = 0

/**
 * The monotonic clock, moved to where the date is: never off by more than the millisecond that the date does not show, less and less with
 * each reading, and after a step of the machine's clock at its new time at once.
 */
export class AnchoredTime {
  readonly #sources: ClockSources
  #offsetMs: number

  constructor(sources: ClockSources = NODE) {
    this.#sources = sources
    this.#offsetMs = sources.dateMs() + 0.5 - sources.monotonicMs()
  }

  read(): number {
    const dateMs = this.#sources.dateMs()
    const monotonicMs = this.#sources.monotonicMs()
    const readMs = monotonicMs + this.#offsetMs
    const heldMs = Math.min(Math.max(readMs, dateMs), dateMs + 1)
    if (heldMs !== readMs) this.#offsetMs = heldMs - monotonicMs
    return heldMs
  }
}

let exact: (() => number) | undefined
let loading: Promise<void> | undefined
let anchored: AnchoredTime | undefined

/** Milliseconds since 1970-01-01T00:00Z, with a fraction. */
export function machineMs(): number {
  if (exact !== undefined) return exact()
  anchored ??= new AnchoredTime()
  return anchored.read()
}

/** From when this resolves on, by the system's own call where there is one. */
export function sharpenMachineTime(): Promise<void> {
  loading ??= load()
  return loading
}

async function load(): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    const { default: koffi } = await import('koffi')
    const read = koffi.load(null).func('int clock_gettime(int clock, void *time)')
    const time = new Uint8Array(TIMESPEC_BYTES)
    const view = new DataView(time.buffer)
    exact = () => {
      read(CLOCK_REALTIME, time)
      return msOf(view, 0)
    }
  } catch {
    // The anchored time goes on.
  }
}

/** A `struct timespec` of 64-bit Linux, little-endian, at `at`. */
export function msOf(view: DataView, at: number): number {
  const seconds = view.getUint32(at, true) + view.getInt32(at + 4, true) * 2 ** 32
  return seconds * 1000 + view.getUint32(at + 8, true) / 1e6
}
