// The world's clock.

export { DAY_EXPECTED, formatDayBefore, formatTime, parseDayEnd, parseTime, TIME_EXPECTED } from './time-text.ts'
export { RATE_MAX, RATE_MIN, WorldClock, type ClockReading, type ClockSettings } from './world-clock.ts'
