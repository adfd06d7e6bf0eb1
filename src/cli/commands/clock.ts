// portolan clock: what time it is in a running world, and making it another.

import { safeParse, type GenericSchema } from 'valibot'
import { findWorld } from '../../control/client.ts'
import { askClock, askClockChange } from '../../control/clock-client.ts'
import { isFailure, type Failure } from '../../core/failure.ts'
import { duration, signedDuration } from '../../core/quantities.ts'
import type { ClockChange, ClockStatus } from '../../net/clock/index.ts'
import { DAY_EXPECTED, parseDayEnd, parseTime, TIME_EXPECTED } from '../../net/clock/index.ts'
import { plainJson } from '../../net/mail/plain-text.ts'
import { formatClock } from '../clock-text.ts'
import { EXIT } from '../exit-codes.ts'
import { worldAround } from '../mail-source.ts'
import { complain, say } from '../output.ts'

export interface ClockOptions {
  /** Which running world. */
  readonly world?: string
  readonly json?: boolean
}

export interface ClockLeapOptions extends ClockOptions {
  readonly on?: string
  readonly smear?: string
}

export async function clockShow(options: ClockOptions): Promise<void> {
  return show(options, askClock)
}

export async function clockSet(text: string, options: ClockOptions): Promise<void> {
  const ms = parseTime(text)
  return ms === undefined ? usage(`${TIME_EXPECTED}; got "${text}"`) : change({ do: 'set', ms }, options)
}

export async function clockOffset(by: string, options: ClockOptions): Promise<void> {
  return changeBy('offset', by, options)
}

export async function clockStep(by: string, options: ClockOptions): Promise<void> {
  return changeBy('step', by, options)
}

export async function clockRate(text: string, options: ClockOptions): Promise<void> {
  const rate = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN
  if (Number.isNaN(rate)) return usage(`expected a rate such as 60 or 0.5; got "${text}"`)
  return change({ do: 'rate', rate }, options)
}

export async function clockLeap(kind: 'insert' | 'delete', options: ClockLeapOptions): Promise<void> {
  const { on, smear } = options
  const atMs = on === undefined ? undefined : parseDayEnd(on)
  if (on !== undefined && atMs === undefined) return usage(`--on: ${DAY_EXPECTED}; got "${on}"`)
  const smearMs = smear === undefined ? undefined : read(duration, smear)
  if (typeof smearMs === 'string') return usage(`--smear: ${smearMs}`)
  const leap = {
    kind,
    ...(atMs === undefined ? {} : { atMs }),
    ...(smearMs === undefined ? {} : { smearMs }),
  }
  return change({ do: 'leap', ...leap }, options)
}

export async function clockReset(options: ClockOptions): Promise<void> {
  return change({ do: 'reset' }, options)
}

async function changeBy(what: 'offset' | 'step', by: string, options: ClockOptions): Promise<void> {
  const ms = read(signedDuration, by)
  return typeof ms === 'string' ? usage(ms) : change({ do: what, ms }, options)
}

/** The value, or what was expected. */
function read(schema: GenericSchema<string, number>, text: string): number | string {
  const result = safeParse(schema, text)
  return result.success ? result.output : result.issues[0].message
}

async function change(wanted: ClockChange, options: ClockOptions): Promise<void> {
  return show(options, (folder) => askClockChange(folder, wanted))
}

async function show(options: ClockOptions, ask: (folder: string) => Promise<ClockStatus | Failure>): Promise<void> {
  const world = await findWorld(process.getuid?.() ?? 0, options.world ?? worldAround())
  const status = isFailure(world) ? world : await ask(world.folder)
  if (isFailure(status)) {
    complain(status.message)
    process.exitCode = EXIT.no
    return
  }
  say(options.json === true ? plainJson(status) : formatClock(status))
}

function usage(what: string): void {
  complain(what)
  process.exitCode = EXIT.usage
}
