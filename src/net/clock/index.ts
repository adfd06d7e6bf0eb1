// The world's clock.

export { clockCalls, type ClockCalls, type ClockChange, type ClockLeap, type ClockStatus } from './desk.ts'
export { DAY_EXPECTED, formatDayBefore, formatTime, parseDayEnd, parseTime, TIME_EXPECTED } from './time-text.ts'
export { RATE_MAX, RATE_MIN, SMEAR_MIN_MS, WorldClock, type ClockSettings } from './world-clock.ts'
