// Times to live as zone files write them: seconds, or weeks, days, hours, minutes and seconds with their letters.

import { TTL_MAX_SECONDS } from '../messages.ts'
import { BYTE, KIND, type ZoneText } from './text.ts'

/** Seconds of each unit, by its lower-case letter. */
const UNIT_SECONDS: ReadonlyMap<number, number> = new Map(
  Object.entries({ w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 }).map(([unit, seconds]) => [
    unit.charCodeAt(0),
    seconds,
  ]),
)

/** Takes the word at hand; -1, with the place unchanged, where it is no TTL of up to 2,147,483,647 seconds. */
export function readTtl(text: ZoneText): number {
  const { bytes, end } = text
  let total = 0
  let value = -1
  let at = text.at
  for (; at < end && KIND[bytes[at]!] !== BYTE.END; at += 1) {
    const byte = bytes[at]!
    if (byte >= 48 && byte <= 57) value = (value === -1 ? 0 : value * 10) + byte - 48
    else {
      const unit = UNIT_SECONDS.get(byte | 32)
      if (unit === undefined || value === -1) return -1
      total += value * unit
      value = -1
    }
    if (value > TTL_MAX_SECONDS || total > TTL_MAX_SECONDS) return -1
  }
  const seconds = total + Math.max(0, value)
  if (at === text.at || seconds > TTL_MAX_SECONDS) return -1
  text.at = at
  return seconds
}
