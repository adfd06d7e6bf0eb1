// Arguments of the requests about the clock: JSON from another command of the same version, taken with care all the same.

import type { ClockChange } from '../net/clock/index.ts'

/** `undefined`: no change of a clock. */
export function parseClockChange(argument: string): ClockChange | undefined {
  const value: unknown = JSON.parse(argument)
  if (typeof value !== 'object' || value === null || !('do' in value)) return undefined
  const given: Readonly<Record<string, unknown>> = { ...value }
  const number = (key: string) => (typeof given[key] === 'number' ? given[key] : NaN)
  switch (given['do']) {
    case 'set':
    case 'offset':
    case 'step':
      return { do: given['do'], ms: number('ms') }
    case 'rate':
      return { do: 'rate', rate: number('rate') }
    case 'leap':
      return leapIn(given, number)
    case 'reset':
      return { do: 'reset' }
    default:
      return undefined
  }
}

function leapIn(given: Readonly<Record<string, unknown>>, number: (key: string) => number): ClockChange | undefined {
  const { kind, atMs, smearMs } = given
  if (kind !== 'insert' && kind !== 'delete') return undefined
  return {
    do: 'leap',
    kind,
    ...(atMs === undefined ? {} : { atMs: number('atMs') }),
    ...(smearMs === undefined ? {} : { smearMs: number('smearMs') }),
  }
}
