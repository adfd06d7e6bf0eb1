// What a host says of itself and of who is there: whoami, id, uname, hostname, date, env, sleep and the like.

import type { Call } from '../run/shell.ts'
import { parseDate } from './files.ts'
import { baseName, quoteName } from './operands.ts'
import { misuse, missingOperand, readOptions } from './options.ts'
import { formatDate } from './date-format.ts'

/** The ids of the one user and the one group that a host knows. */
const USER_ID = 1000
/** Seconds; the shell's own limit on time is far below. */
const SLEEP_MAX_S = 1e9
const SEQUENCE_MAX = 1_000_000
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

export function whoami({ shell, stdout }: Call): number {
  stdout.print(`${shell.user}\n`)
  return 0
}

export function id(call: Call): number {
  const options = readOptions(call, { letters: 'ugnGr', long: { user: 'u', group: 'g', groups: 'G', name: 'n' } })
  if (typeof options === 'number') return options
  const { user } = call.shell
  const [other] = options.operands
  if (other !== undefined && other !== user) {
    call.stderr.print(`id: ${quoteName(other)}: no such user\n`)
    return 1
  }
  const one = ['u', 'g', 'G'].some((letter) => options.flags.has(letter))
  if (one) call.stdout.print(`${options.flags.has('n') ? user : USER_ID}\n`)
  else call.stdout.print(`uid=${USER_ID}(${user}) gid=${USER_ID}(${user}) groups=${USER_ID}(${user})\n`)
  return 0
}

export function groups(call: Call): number {
  return whoami(call)
}

function shortName({ shell }: Call): string {
  return shell.session.context.hostName.split('.', 1)[0] ?? ''
}

/** What `uname` says: the kernel of no machine in particular. */
export function uname(call: Call): number {
  const options = readOptions(call, { letters: 'asnrvmpio', long: { all: 'a' } })
  if (typeof options === 'number') return options
  const fields = [
    ['s', 'Linux'],
    ['n', shortName(call)],
    ['r', '6.1.0-portolan'],
    ['v', '#1 SMP'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ] as const
  const { flags } = options
  const chosen = fields.filter(
    ([letter]) => flags.has('a') || flags.has(letter) || (flags.size === 0 && letter === 's'),
  )
  call.stdout.print(`${chosen.map(([, value]) => value).join(' ')}\n`)
  return 0
}

export function hostname(call: Call): number {
  const options = readOptions(call, { letters: 'fsd', long: { fqdn: 'f', short: 's', domain: 'd' } })
  if (typeof options === 'number') return options
  const { hostName } = call.shell.session.context
  const short = shortName(call)
  const domain = hostName.slice(short.length + 1)
  call.stdout.print(`${options.flags.has('f') ? hostName : options.flags.has('d') ? domain : short}\n`)
  return 0
}

export function date(call: Call): number {
  const options = readOptions(call, {
    letters: 'uRd:I',
    long: { utc: 'u', universal: 'u', date: 'd', 'iso-8601': 'I', 'rfc-email': 'R' },
  })
  if (typeof options === 'number') return options
  const given = options.values.get('d')
  const ms = given === undefined || given === 'now' ? call.shell.session.context.wallMs() : parseDate(given)
  if (ms === undefined) {
    call.stderr.print(`date: invalid date ${quoteName(given ?? '')}\n`)
    return 1
  }
  const [format] = options.operands
  if (format !== undefined && !format.startsWith('+')) {
    call.stderr.print(`date: cannot set date: Operation not permitted\n`)
    return 1
  }
  const fixed = options.flags.has('R')
    ? '%a, %d %b %Y %H:%M:%S %z'
    : options.flags.has('I')
      ? '%F'
      : '%a %b %e %H:%M:%S %Z %Y'
  call.stdout.print(`${formatDate(format?.slice(1) ?? fixed, ms)}\n`)
  return 0
}

export async function env(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'iu:',
    long: { unset: 'u', 'ignore-environment': 'i' },
    stopAtOperand: true,
    status: 125,
  })
  if (typeof options === 'number') return options
  const { operands, flags, values } = options
  const environment = new Map(flags.has('i') ? [] : call.shell.state.environment())
  const unset = values.get('u')
  if (unset !== undefined) environment.delete(unset)
  let at = 0
  for (; /^[^=]+=/.test(operands[at] ?? ''); at++) {
    const word = operands[at] ?? ''
    environment.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  }
  if (at < operands.length) return call.shell.commandIn(environment, operands.slice(at), call.ends)
  for (const [name, value] of environment) call.stdout.print(`${name}=${value}\n`)
  return 0
}

export function printenv(call: Call): number {
  const environment = call.shell.state.environment()
  if (call.args.length === 0) for (const [name, value] of environment) call.stdout.print(`${name}=${value}\n`)
  let status = 0
  for (const name of call.args) {
    const value = environment.get(name)
    if (value === undefined) status = 1
    else call.stdout.print(`${value}\n`)
  }
  return status
}

export async function sleep(call: Call): Promise<number> {
  if (call.args.length === 0) return missingOperand(call)
  let seconds = 0
  for (const word of call.args) {
    const [, count, unit = 's'] = /^(\d{1,9}(?:\.\d{1,9})?)([smhd]?)$/.exec(word) ?? []
    if (count === undefined) return misuse(call, `invalid time interval ${quoteName(word)}`)
    seconds += Number(count) * (UNITS[unit || 's'] ?? 1)
  }
  await call.shell.session.sleep(Math.min(SLEEP_MAX_S, seconds) * 1000)
  return 0
}

export async function seq(call: Call): Promise<number> {
  const numbers = call.args.map(Number)
  if (numbers.length === 0) return missingOperand(call)
  const wrong = call.args.find((_, index) => !Number.isFinite(numbers[index]))
  if (wrong !== undefined) return misuse(call, `invalid floating point argument: ${quoteName(wrong)}`)
  const [from = 1, step = 1] = numbers.length === 1 ? [] : numbers.length === 2 ? numbers.slice(0, 1) : numbers
  const last = numbers.at(-1) ?? 0
  if (step === 0) return misuse(call, `invalid Zero increment value: '0'`)
  const count = Math.min(SEQUENCE_MAX, Math.floor((last - from) / step + 1e-9) + 1)
  const digits = Math.max(...call.args.map((word) => word.split('.')[1]?.length ?? 0))
  for (let index = 0; index < count; index++) {
    call.stdout.print(`${(from + index * step).toFixed(digits)}\n`)
    if (call.stdout.full && !(await call.stdout.flush())) break
  }
  return 0
}

export function basename(call: Call): number {
  const [path, suffix = ''] = call.args
  if (path === undefined) return missingOperand(call)
  const base = path === '' ? '' : baseName(path)
  const cut = suffix !== '' && base !== suffix && base.endsWith(suffix)
  call.stdout.print(`${cut ? base.slice(0, -suffix.length) : base}\n`)
  return 0
}

export function dirname(call: Call): number {
  if (call.args.length === 0) return missingOperand(call)
  for (const path of call.args) {
    const folder = path.replace(/\/+$/, '').replace(/\/*[^/]*$/, '')
    call.stdout.print(`${folder === '' ? (path.startsWith('/') ? '/' : '.') : folder}\n`)
  }
  return 0
}

/** Two clears of a terminal: the screen, and what has scrolled away (ECMA-48 ED 2 and 3). */
export function clear({ stdout }: Call): number {
  stdout.print('\x1b[H\x1b[2J\x1b[3J')
  return 0
}

export function help({ shell, stdout }: Call): number {
  stdout.print(
    `A small shell over the files of ${shell.session.context.hostName}. It has:\n${shell.session.names.join(' ')}\n`,
  )
  return 0
}
