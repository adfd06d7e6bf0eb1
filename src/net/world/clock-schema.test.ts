import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { resolveWorld } from './resolve.ts'
import { TOY_SERVICES } from './toy-services.ts'

const OPTIONS = { services: TOY_SERVICES, folder: undefined, folderExists: () => true }

function settingsOf(clock: unknown) {
  const world = resolveWorld({ clock }, OPTIONS)
  return isConfigError(world) ? world.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : world.clock
}

test('a clock is read from a world file', () => {
  assert.equal(settingsOf(undefined), undefined)
  assert.equal(settingsOf(null), undefined)
  assert.deepEqual(settingsOf({ start: '2027-01-01T12:00:00Z', rate: 60 }), {
    startMs: Date.UTC(2027, 0, 1, 12),
    rate: 60,
  })
  assert.deepEqual(settingsOf({ offset: '-2h' }), { offsetMs: -7_200_000 })
  assert.deepEqual(settingsOf({ leap: { at: '2026-12-31', kind: 'insert', smear: '24h' } }), {
    leap: { kind: 'insert', atMs: Date.UTC(2027, 0, 1), smearMs: 86_400_000 },
  })
  assert.deepEqual(settingsOf({ leap: { at: '2026-12-31', kind: 'delete' } }), {
    leap: { kind: 'delete', atMs: Date.UTC(2027, 0, 1), smearMs: undefined },
  })
})

for (const [clock, expected] of [
  [{ start: 'soon' }, 'clock.start: expected a time such as 2027-01-01T12:00:00Z or 2027-01-01; got "soon"'],
  [
    { start: '2027-02-30' },
    'clock.start: expected a time such as 2027-01-01T12:00:00Z or 2027-01-01; got "2027-02-30"',
  ],
  [{ offset: '3 weeks' }, 'clock.offset: expected a duration such as +3d, -500ms or 2h; got "3 weeks"'],
  [{ rate: 0 }, 'clock.rate: expected a rate from 0.0001 to 86400: seconds of the world in one of the machine'],
  [{ start: '2027-01-01', offset: '1h' }, 'clock: give either `start` or `offset`'],
  [
    { leap: { at: '31 December', kind: 'insert' } },
    'clock.leap.at: expected a day such as 2026-12-31; got "31 December"',
  ],
  [
    { leap: { at: '2026-12-31', kind: 'insert', smear: '1s' } },
    'clock.leap.smear: expected 1000s or longer: a clock runs a thousandth off at most',
  ],
] as const) {
  test(`${JSON.stringify(clock)} is refused`, () => {
    assert.deepEqual(settingsOf(clock), [expected])
  })
}
