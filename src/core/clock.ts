// The world's clock, for those who need more of it than `Io.wallMs`: how it runs, and what is about to happen to it.

/** A leap second at the end of a UTC day (RFC 5905 §7.3): one more (23:59:60) or one less. */
export interface LeapSecond {
  readonly kind: 'insert' | 'delete'
  /** The midnight behind it, in milliseconds since 1970-01-01T00:00Z without leap seconds, as POSIX counts. */
  readonly atMs: number
  /** Over how long it is spread, half of it before that midnight and half behind; undefined: it is announced, and the clock steps. */
  readonly smearMs: number | undefined
}

export interface ClockView {
  /** Seconds of the world in a second of the machine. 1: as fast. */
  readonly rate: number
  /** The one to come, or the one that has just passed. */
  readonly leap: LeapSecond | undefined
  /** Tells that the clock was set, stepped or changed its rate, until the function that it gives is called. */
  watch(then: () => void): () => void
}

/** What a plane makes the world's time from. */
export interface WallClock extends ClockView {
  /** The time in the world when it is `machineMs` on the machine: both milliseconds since 1970-01-01T00:00Z, with a fraction. */
  worldMs(machineMs: number): number
}

/** Runs with the machine and knows of no leap second. */
export const plainClock: WallClock = {
  rate: 1,
  leap: undefined,
  watch: () => () => undefined,
  worldMs: (machineMs) => machineMs,
}

/** The clock of a host that is off, or follows others, as it reads now. */
export interface HostClockReading {
  /** How far ahead of the world's it is. */
  readonly aheadMs: number
  /** 1 to 15, or 16: not synchronised (RFC 5905 §7.3). */
  readonly stratum: number
  /** Whom it follows. */
  readonly source?: string
}
