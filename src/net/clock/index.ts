// The world's clock.

export { RATE_MAX, RATE_MIN, WorldClock, type ClockReading, type ClockSettings } from './world-clock.ts'
