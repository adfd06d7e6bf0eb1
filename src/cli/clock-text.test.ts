import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatClock, formatOffset } from './clock-text.ts'

const DAY_MS = 86_400_000

test('an offset is shown as long as it is', () => {
  for (const [ms, text] of [
    [0, '+0.000ms'],
    [-0.0125, '-0.013ms'],
    [999.5, '+999.500ms'],
    [999.9999, '+1.000s'],
    [59_999.9, '+1m'],
    [-1500, '-1.500s'],
    [90_000, '+1m 30s'],
    [3 * DAY_MS, '+3d'],
    [-(3 * DAY_MS + 7_200_000 + 60_000), '-3d 2h'],
  ] as const) {
    assert.equal(formatOffset(ms), text)
  }
})

test('a clock is shown with its leap second and the hosts that differ', () => {
  const machineMs = Date.UTC(2026, 10, 24, 12)
  const leap = { kind: 'insert', atMs: Date.UTC(2027, 0, 1), smearMs: DAY_MS, passed: false } as const
  const hosts = [
    { host: 'ntp.harbor.test', aheadMs: -0.25, stratum: 2, source: 'gps.harbor.test' },
    { host: 'gps.harbor.test', aheadMs: 300, stratum: 1 },
  ]
  assert.equal(
    formatClock({ machineMs, worldMs: machineMs + DAY_MS, rate: 60, leap, hosts }),
    [
      'world    2026-11-25T12:00:00.000Z',
      'machine  2026-11-24T12:00:00.000Z',
      'offset   +1d',
      'rate     60',
      'leap     a second inserted at the end of 2026-12-31, smeared over 1d',
      'hosts',
      '  ntp.harbor.test  -0.250ms, stratum 2, follows gps.harbor.test',
      '  gps.harbor.test  +300.000ms, stratum 1',
    ].join('\n'),
  )
})
