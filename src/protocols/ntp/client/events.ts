// What a client of NTP tells of itself, each with the line for people.

import type { Event } from '../../../core/event.ts'
import type { Association } from './association.ts'

/** `+12.345 ms`, `-1.500 s`. */
function formatOffset(ms: number): string {
  const sign = ms < 0 ? '-' : '+'
  const size = Math.abs(ms)
  return size >= 1000 ? `${sign}${(size / 1000).toFixed(3)} s` : `${sign}${size.toFixed(3)} ms`
}

const from = ({ options, told }: Association) => ({
  source: options.name,
  address: options.server.ip,
  stratum: told?.stratum ?? 0,
})

export function synchronised(source: Association, offsetMs: number): Event {
  const summary = `follows ${source.label}, stratum ${source.told?.stratum ?? 0}, from an offset of ${formatOffset(offsetMs)}`
  return { kind: 'ntp.synchronised', summary, detail: { ...from(source), offsetMs } }
}

export function systemPeer(source: Association, survivors: number): Event {
  const summary = `system peer is ${source.label}, of ${survivors} that agree`
  return { kind: 'ntp.system-peer', summary, severity: 'detail', detail: { ...from(source), survivors } }
}

export function falseticker(source: Association, offsetMs: number): Event {
  const summary = `falseticker: ${source.label} is ${formatOffset(offsetMs)} off, against the majority`
  return { kind: 'ntp.falseticker', summary, severity: 'warning', detail: { ...from(source), offsetMs } }
}

export function noMajority(candidates: number): Event {
  const summary = `no majority: ${candidates} sources do not agree on the time`
  return { kind: 'ntp.no-majority', summary, severity: 'warning', detail: { candidates } }
}

export function loop(source: Association): Event {
  const summary = `${source.label} follows this host, or the same source: not used`
  return { kind: 'ntp.loop', summary, severity: 'warning', detail: from(source) }
}

export function step(source: Association, offsetMs: number): Event {
  const summary = `clock stepped by ${formatOffset(offsetMs)} after ${source.label}`
  return { kind: 'ntp.step', summary, detail: { ...from(source), offsetMs } }
}

export function panic(source: Association, offsetMs: number): Event {
  const summary = `panic: ${source.label} is ${formatOffset(offsetMs)} off; the clock is left alone and nothing is followed any more`
  return { kind: 'ntp.panic', summary, severity: 'warning', detail: { ...from(source), offsetMs } }
}

export function unreachable(source: Association): Event {
  const summary = `no answer from ${source.label}`
  return { kind: 'ntp.unreachable', summary, severity: 'warning', detail: from(source) }
}

export function reachable(source: Association): Event {
  return { kind: 'ntp.reachable', summary: `${source.label} answers again`, detail: from(source) }
}

/** RFC 5905 §7.4. */
export function kissed(source: Association, code: string): Event {
  const after = code === 'RATE' ? `asked every ${2 ** source.poll} s from now on` : 'not asked again'
  const summary = `kiss of death ${code} from ${source.label}: ${after}`
  return { kind: 'ntp.kissed', summary, severity: 'warning', detail: { ...from(source), code, poll: source.poll } }
}

export function dropped(source: Association, why: string): Event {
  const summary = `packet from ${source.label} dropped: ${why}`
  return { kind: 'ntp.dropped', summary, severity: 'detail', detail: { ...from(source), why } }
}

export function spike(source: Association, offsetMs: number): Event {
  const summary = `spike of ${formatOffset(offsetMs)} from ${source.label} suppressed`
  return { kind: 'ntp.spike', summary, severity: 'detail', detail: { ...from(source), offsetMs } }
}

export function lookupFailed(name: string, message: string): Event {
  const summary = `${name}: ${message}; tried again`
  return { kind: 'ntp.lookup-failed', summary, severity: 'warning', detail: { source: name } }
}

export function noPort(name: string, message: string): Event {
  const summary = `no port to ask ${name} from: ${message}`
  return { kind: 'ntp.no-port', summary, severity: 'warning', detail: { source: name } }
}

export function notAgreed(name: string, message: string): Event {
  const summary = `no keys agreed on with ${name}: ${message}`
  return { kind: 'ntp.no-keys', summary, severity: 'warning', detail: { source: name } }
}
