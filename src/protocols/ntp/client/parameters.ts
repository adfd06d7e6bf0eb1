// The numbers of NTP's algorithms: poll, filter, selection, cluster, discipline (RFC 5905 §7.2 and appendix A.1.1). What an owner may change
// stands in settings.ts.

/** MAXDISP: the dispersion of what nobody has measured. RFC 5905 §7.2. */
export const DISPERSION_MAX_MS = 16_000
/** MINDISP: the least that a distance counts. RFC 5905 §7.2: 5 ms. */
export const DISPERSION_MIN_MS = 5
/** MAXDIST: a source further away is not used. RFC 5905 §7.2: 1 s. */
export const DISTANCE_MAX_MS = 1000
/** MAXPOLL: log2 of seconds. RFC 5905 §7.2. */
export const POLL_CEILING = 17

/** NSTAGE: stages of the clock filter. RFC 5905 §7.2. */
export const FILTER_STAGES = 8
/** SGATE: so many times the jitter is a spike. RFC 5905 A.1.1. */
export const SPIKE_GATE = 3

/** NMIN: the cluster algorithm leaves so many. RFC 5905 §7.2. */
export const SURVIVORS_MIN = 3

/** STEPT: what is not slewed any more. RFC 5905 §11.3. */
export const STEP_THRESHOLD_MS = 128
/** WATCH: how long an offset has to stand before a clock that was right is stepped, and a frequency is measured. RFC 5905 §11.3. */
export const STEPOUT_MS = 900_000
/** PANICT: a clock that is so wrong is left to a human. RFC 5905 §11.3. */
export const PANIC_THRESHOLD_MS = 1_000_000
/** MAXFREQ, and the fastest slew. RFC 5905 A.1.1: 500 ppm. */
export const FREQUENCY_MAX_PPM = 500
/** The fastest slew, as a ratio: the same 500 ppm. */
export const SLEW_MAX = FREQUENCY_MAX_PPM * 1e-6
/**
 * Gain of the phase-locked loop. RFC 5905 A.1.1 counts 65,536 for a kernel's units; in seconds that is 16, as the reference
 * implementation has it: the time constant is 16 poll intervals.
 */
export const PLL_GAIN = 16
/** FLL: gain of the frequency-locked loop, minus the poll exponent. RFC 5905 A.1.1: MAXPOLL + 1. */
export const FLL_GAIN = POLL_CEILING + 1
/** AVG: of averages and the least gain of the frequency-locked loop. RFC 5905 A.1.1. */
export const AVERAGE = 8
/** ALLAN: the Allan intercept, log2 of seconds. RFC 5905 A.1.1. */
export const ALLAN_INTERCEPT = 11
/** LIMIT: of the hysteresis in which the poll interval is adjusted. RFC 5905 A.1.1. */
export const POLL_ADJUST_LIMIT = 30
/** PGATE: an offset below so many times the jitter lets the poll interval grow. RFC 5905 A.1.1. */
export const POLL_ADJUST_GATE = 4

/** BCOUNT: packets of a burst. RFC 5905 A.1.1. */
export const BURST_COUNT = 8
/** BTIME: between packets of a burst. RFC 5905 A.1.1: 2 s. */
export const BURST_INTERVAL_MS = 2000
/** UNREACH: polls without an answer after which the interval grows. RFC 5905 A.1.1. */
export const UNREACHABLE_POLLS = 12

/** log2 of seconds, in milliseconds. */
export function exponentMs(exponent: number): number {
  return 1000 * 2 ** exponent
}
