// The settings that many services have in a world file: ports, durations, sizes and counts, each with its usual value
// and a description for people. What a service alone has stands in its own config.ts.

import * as v from 'valibot'
import { duration, formatDuration, formatSize, size } from './quantities.ts'

const port = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1, 'a port is 1 to 65535'),
  v.maxValue(65_535, 'a port is 1 to 65535'),
)

/** One port, a list of them, or `false` for none. To a list. */
export function portsSetting(usual: number, text: string) {
  const schema = v.union([port, v.array(port), v.literal(false)])
  return v.pipe(
    v.optional(schema, usual),
    v.description(text),
    v.transform((given): readonly number[] => (given === false ? [] : typeof given === 'number' ? [given] : given)),
  )
}

/** To milliseconds, 1 at least. */
export function durationSetting(usualMs: number, text: string) {
  return v.pipe(
    v.optional(v.pipe(duration, v.minValue(1, 'expected at least 1ms')), formatDuration(usualMs)),
    v.description(text),
  )
}

/** To bytes, 1 at least. */
export function sizeSetting(usualBytes: number, text: string) {
  return v.pipe(
    v.optional(v.pipe(size, v.minValue(1, 'expected at least 1B')), formatSize(usualBytes)),
    v.description(text),
  )
}

/** A whole number from 1 to `max`. */
export function countSetting(usual: number, max: number, text: string) {
  const schema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max))
  return v.pipe(v.optional(schema, usual), v.description(text))
}
