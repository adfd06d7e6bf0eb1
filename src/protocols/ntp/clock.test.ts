// A host's clock against the world's: how it is off, how it drifts, how it is corrected.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostClockReading } from '../../core/clock.ts'
import { lonelyWorld, serve } from '../../sim/index.ts'
import { ntp } from './index.ts'
import { FREQUENCY_TOLERANCE, HostClock, UNSYNCHRONISED } from './clock.ts'

const START = 1_767_225_600_000

function clock(offsetMs = 0, driftPpm = 0): HostClock {
  return new HostClock({ offsetMs, driftPpm, sinceMs: START })
}

test('is off by its offset, and drifts', () => {
  const off = clock(300, 50)
  assert.equal(off.timeMs(START), START + 300)
  assert.equal(off.aheadMs(START + 1_000_000), 350)
})

test('a step takes at once, a slew over its time, and neither makes it jump otherwise', () => {
  const host = clock(300)
  host.step(-250, START + 1000)
  assert.equal(host.aheadMs(START + 1000), 50)
  host.slew(-50, 1000, START + 2000)
  assert.equal(host.aheadMs(START + 2000), 50)
  assert.ok(Math.abs(host.aheadMs(START + 3000) - 50 / Math.E) < 1e-9)
  assert.ok(Math.abs(host.slewLeftMs(START + 3000) + 50 / Math.E) < 1e-9)
  host.setFrequency(10, START + 3000)
  assert.ok(Math.abs(host.aheadMs(START + 3000) - 50 / Math.E) < 1e-9)
  assert.ok(Math.abs(host.aheadMs(START + 103_000) - 1) < 1e-6)
  host.slew(5, 1000, START + 103_000)
  host.step(0, START + 103_000)
  assert.ok(Math.abs(host.aheadMs(START + 203_000) - 2) < 1e-6)
})

test('a frequency corrects the drift', () => {
  const host = clock(0, 40)
  host.setFrequency(-40, START + 1_000_000)
  assert.equal(host.frequencyPpm, -40)
  assert.equal(host.aheadMs(START + 1_000_000), 40)
  assert.equal(host.aheadMs(START + 9_000_000), 40)
})

test('goes with a world that is stepped, without drifting over the gap', () => {
  const host = clock(10, 100)
  host.system = { ...UNSYNCHRONISED, stratum: 1, rootDispersionMs: 1, referenceMs: START }
  host.worldStepped(86_400_000)
  assert.equal(host.aheadMs(START + 86_400_000), 10)
  assert.equal(host.system.referenceMs, START + 86_400_000)
})

test('root dispersion grows from the last correction on', () => {
  const host = clock()
  host.system = { ...UNSYNCHRONISED, stratum: 2, rootDispersionMs: 1, referenceMs: START }
  assert.equal(host.rootDispersionMs(START + 100_000), 1 + 100_000 * FREQUENCY_TOLERANCE)
  assert.equal(host.rootDispersionMs(START - 1000), 1)
})

test('a host shows its clock where that is its own, and not where it is the world’s', async () => {
  for (const [settings, shown] of [
    [{}, undefined],
    [{ offset: '300ms' }, { aheadMs: 300, stratum: 1 }],
    [{ servers: [] }, { aheadMs: 0, stratum: 16 }],
  ] as const) {
    let reading: HostClockReading | undefined
    const shows = (read: (ms: number) => HostClockReading) => void (reading = read(START))
    const world = { ...lonelyWorld(['192.0.2.1'], 'ntp'), showClock: shows }
    const served = await serve(ntp, { config: settings, world })
    assert.deepEqual(reading, shown)
    await served.stop()
  }
})
