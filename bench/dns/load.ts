// Questions by dnsperf, and how many answers a second it counts.

import { writeFileSync } from 'node:fs'
import { findProgram, runProgram } from '../peer.ts'
import { figureIn } from '../rounds.ts'
import type { Place } from '../world.ts'

/** Few enough that no server's receive buffer overflows: a lost question holds its place for seconds. */
const OUTSTANDING = 100
const CLIENTS = 4
/** Of all answers, in percent, so many are NOERROR: else something is measured that was not meant. */
const NOERROR_MIN = 99
/** What dnsperf takes besides its time. */
const SLACK_MS = 10_000

export interface Load {
  /** Lines of name and type. */
  readonly questions: string
  /** Of dnsperf's. Default: 1. */
  readonly threads?: number
  /** With the DO bit (RFC 3225). */
  readonly dnssec?: boolean
}

/** For so long, the file over and over. */
export async function answersPerSecond(place: Place, seconds: number, load: Load): Promise<number> {
  return figureIn(await dnsperf(place, load, ['-l', String(seconds)], seconds * 1000), /Queries per second:\s+([\d.]+)/)
}

/** The whole file once: answers a second from the first question to the last answer. */
export async function onceThrough(place: Place, maxMs: number, load: Load): Promise<number> {
  return figureIn(await dnsperf(place, load, ['-n', '1'], maxMs), /Queries per second:\s+([\d.]+)/)
}

async function dnsperf({ ip, port }: Place, load: Load, until: readonly string[], maxMs: number): Promise<string> {
  const { questions, threads = 1, dnssec = false } = load
  const many = ['-q', String(OUTSTANDING), '-c', String(CLIENTS), '-T', String(threads)]
  const to = ['-s', ip, '-p', String(port), '-d', questions]
  const program = findProgram('dnsperf') ?? 'dnsperf'
  const command = [program, ...to, ...many, ...until, ...(dnssec ? ['-D'] : [])]
  const { output } = await runProgram(command, maxMs + SLACK_MS)
  if (figureIn(output, /NOERROR \d+ \(([\d.]+)%\)/) < NOERROR_MIN) throw new Error(`not answered: ${output}`)
  return output
}

/** A file of questions for the addresses of names: each once, no two neighbours beside one another. */
export function writeQuestions(file: string, names: readonly string[]): void {
  const stride = strideFor(names.length)
  writeFileSync(file, names.map((_, index) => `${names[(index * stride) % names.length]} A\n`).join(''))
}

/** Shares no factor with the count: some two fifths of it. */
function strideFor(count: number): number {
  const shares = (a: number, b: number): boolean => (b === 0 ? a > 1 : shares(b, a % b))
  let stride = Math.max(1, Math.floor(count * 0.382))
  while (shares(count, stride)) stride++
  return stride
}
