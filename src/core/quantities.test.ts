import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GenericSchema } from 'valibot'
import { parseWith } from './config.ts'
import { duration, formatDuration, formatSize, percentage, rate, size } from './quantities.ts'

const GOOD: readonly (readonly [string, GenericSchema<unknown, number>, string, number])[] = [
  ['duration', duration, '100ms', 100],
  ['duration', duration, '1.5s', 1500],
  ['duration', duration, '2 m', 120_000],
  ['size', size, '64KiB', 65_536],
  ['size', size, '1.5kB', 1500],
  ['size', size, '0B', 0],
  ['rate', rate, '64KiB/s', 65_536],
  ['rate', rate, '8Mbit/s', 1_000_000],
  ['percentage', percentage, '5%', 0.05],
  ['percentage', percentage, '100%', 1],
]

for (const [kind, schema, text, expected] of GOOD) {
  test(`the ${kind} ${text} is ${expected}`, () => assert.equal(parseWith(schema, text), expected))
}

const BAD: readonly (readonly [GenericSchema<unknown, number>, unknown, string])[] = [
  [duration, '100', 'expected a duration such as 100ms, 2s, 1.5m, 1h or 30d; got "100"'],
  [duration, 100, 'expected a duration such as 100ms, 2s, 1.5m, 1h or 30d; got 100'],
  [duration, '-1s', 'expected a duration such as 100ms, 2s, 1.5m, 1h or 30d; got "-1s"'],
  [size, '64K', 'expected a size such as 512B, 64KiB or 1.5MB; got "64K"'],
  [rate, '64KiB', 'expected a rate such as 64KiB/s, 2MB/s or 10Mbit/s; got "64KiB"'],
  [percentage, 0.5, 'expected a percentage such as 5% or 0.1%; got 0.5'],
  [percentage, '101%', 'expected a percentage such as 5% or 0.1%; got "101%"'],
]

for (const [schema, input, message] of BAD) {
  test(`${JSON.stringify(input)}: ${message}`, () => {
    assert.deepEqual(parseWith(schema, input), { kind: 'config-error', problems: [{ path: [], message }] })
  })
}

for (const [text, ms] of [
  ['0ms', 0],
  ['1500ms', 1500],
  ['75s', 75_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
] as const) {
  test(`${ms} ms are written ${text} and read back`, () => {
    assert.equal(formatDuration(ms), text)
    assert.equal(parseWith(duration, text), ms)
  })
}

for (const [text, bytes] of [
  ['0B', 0],
  ['1232B', 1232],
  ['64KiB', 65_536],
  ['10MiB', 10_485_760],
] as const) {
  test(`${bytes} bytes are written ${text} and read back`, () => {
    assert.equal(formatSize(bytes), text)
    assert.equal(parseWith(size, text), bytes)
  })
}
