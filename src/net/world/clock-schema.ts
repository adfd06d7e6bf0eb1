// What a world file says of the world's clock.

import * as v from 'valibot'
import { duration, signedDuration } from '../../core/quantities.ts'
import {
  DAY_EXPECTED,
  parseDayEnd,
  parseTime,
  RATE_MAX,
  RATE_MIN,
  SMEAR_MIN_MS,
  TIME_EXPECTED,
} from '../clock/index.ts'
import type { ClockSettings } from '../clock/index.ts'

function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(v.optional(schema), v.description(text))
}

/** Text that `read` understands; the pattern is for the published schema. */
function read(pattern: RegExp, parse: (text: string) => number | undefined, expected: string) {
  const message = (issue: v.BaseIssue<unknown>): string => `${expected}; got ${issue.received}`
  return v.pipe(
    v.string(message),
    v.regex(pattern, message),
    v.check((text) => !pattern.test(text) || parse(text) !== undefined, message),
    v.transform((text) => parse(text) ?? 0),
  )
}

const time = read(/^\d{4}-\d\d-\d\d/, parseTime, TIME_EXPECTED)
const day = read(/^\d{4}-\d\d-\d\d$/, parseDayEnd, DAY_EXPECTED)

const RATE_EXPECTED = `expected a rate from ${RATE_MIN} to ${RATE_MAX}: seconds of the world in one of the machine`
const smearTime = v.pipe(
  duration,
  v.check((ms) => ms >= SMEAR_MIN_MS, 'expected 1000s or longer: a clock runs a thousandth off at most'),
)

const leapShape = v.strictObject({
  at: v.pipe(day, v.description('The UTC day at whose end it is: 2026-12-31.')),
  kind: v.pipe(v.picklist(['insert', 'delete']), v.description('One second more, or one less.')),
  smear: described(
    smearTime,
    'Spread evenly over this long, half of it before that midnight. 24h: from noon to noon. Default: it is announced by NTP, and the clock steps.',
  ),
})

export const clockShape = v.pipe(
  v.strictObject({
    start: described(time, 'The time in the world when it starts. Default: that of the machine.'),
    offset: described(signedDuration, 'How far ahead of the machine it is instead: 3d, -2h.'),
    rate: described(
      v.pipe(v.number(), v.minValue(RATE_MIN, RATE_EXPECTED), v.maxValue(RATE_MAX, RATE_EXPECTED)),
      'How many seconds pass in it in one of the machine: 60 for a minute a second. Default: 1.',
    ),
    leap: described(leapShape, 'A leap second to come.'),
  }),
  v.check((clock) => clock.start === undefined || clock.offset === undefined, 'give either `start` or `offset`'),
)

export function clockSettings({ start, offset, rate, leap }: v.InferOutput<typeof clockShape>): ClockSettings {
  return {
    ...(start === undefined ? {} : { startMs: start }),
    ...(offset === undefined ? {} : { offsetMs: offset }),
    ...(rate === undefined ? {} : { rate }),
    ...(leap === undefined ? {} : { leap: { kind: leap.kind, atMs: leap.at, smearMs: leap.smear } }),
  }
}
