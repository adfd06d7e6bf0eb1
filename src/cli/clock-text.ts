// How a clock is shown to people.

import { formatDayBefore, formatTime, type ClockLeap, type ClockStatus } from '../net/clock/index.ts'
import { formatDuration } from '../core/quantities.ts'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** RFC 5905 §7.3. */
const STRATUM_UNSYNCHRONISED = 16

export function formatClock({ worldMs, machineMs, rate, leap, hosts }: ClockStatus): string {
  const lines = [
    `world    ${formatTime(worldMs)}`,
    `machine  ${formatTime(machineMs)}`,
    `offset   ${formatOffset(worldMs - machineMs)}`,
    `rate     ${rate}`,
    ...(leap === null ? [] : [`leap     ${formatLeap(leap)}`]),
  ]
  const widest = Math.max(...hosts.map(({ host }) => host.length))
  const clocks = hosts.map(({ host, aheadMs, stratum, source }) => {
    const from = source === undefined ? '' : `, follows ${source}`
    return `  ${host.padEnd(widest)}  ${formatOffset(aheadMs)}, ${stratumText(stratum)}${from}`
  })
  return [...lines, ...(hosts.length === 0 ? [] : ['hosts', ...clocks])].join('\n')
}

function stratumText(stratum: number): string {
  return stratum === STRATUM_UNSYNCHRONISED ? 'not synchronised' : `stratum ${stratum}`
}

/** In its two largest units: `+3d 2h`, `-1.500s`, `+0.012ms`. */
export function formatOffset(ms: number): string {
  const sign = ms < 0 ? '-' : '+'
  const size = Math.round(Math.abs(ms) * 1000) / 1000
  if (size < 1000) return `${sign}${size.toFixed(3)}ms`
  if (size < 59_999.5) return `${sign}${(size / 1000).toFixed(3)}s`
  let restMs = Math.round(size / 1000) * 1000
  const parts = UNITS.flatMap(([unit, unitMs]) => {
    const count = Math.floor(restMs / unitMs)
    restMs -= count * unitMs
    return count === 0 ? [] : [`${count}${unit}`]
  })
  return `${sign}${parts.slice(0, 2).join(' ')}`
}

function formatLeap({ kind, atMs, smearMs, passed }: ClockLeap): string {
  const what = kind === 'insert' ? 'a second inserted' : 'a second deleted'
  const how = smearMs === null ? '' : `, smeared over ${formatDuration(smearMs)}`
  return `${what} at the end of ${formatDayBefore(atMs)}${how}${passed ? ', over' : ''}`
}
