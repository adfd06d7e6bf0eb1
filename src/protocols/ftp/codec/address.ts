// Data addresses, both ways: PORT and the 227 of PASV (RFC 959 §5.3.2, RFC 1123 §4.1.2.6), EPRT and the 229 of EPSV (RFC
// 2428).

import { familyOf } from '../../../core/address.ts'
import { formatIp, ipBytes } from '../../../wire/ip.ts'
import type { DataAddress } from '../messages.ts'

const SIX_NUMBERS = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/
const EXTENDED = /^([\x21-\x7e])(\d{1,5})\1([0-9a-zA-Z.:]{2,45})\1(\d{1,5})\1$/
const EXTENDED_PASSIVE = /\(([\x21-\x7e])\1\1(\d{1,5})\1\)/
const PORT_MAX = 65_535

/** `192,0,2,1,195,80`. `undefined`: that is no address. */
export function parsePort(argument: string): DataAddress | undefined {
  return argument.replace(SIX_NUMBERS, '') === '' ? sixNumbers(argument) : undefined
}

/** Of an IPv4 address. */
export function formatPort({ ip, port }: DataAddress): string {
  return [...ip.split('.'), port >>> 8, port & 0xff].join(',')
}

/** The text of a 227: the first six numbers in it (RFC 1123 §4.1.2.6). */
export function parsePassive(text: string): DataAddress | undefined {
  return sixNumbers(text)
}

/** The text of a 227. */
export function formatPassive(address: DataAddress): string {
  return `Entering Passive Mode (${formatPort(address)}).`
}

/** `|2|2001:db8::1|5282|`. `family`: there is an address of a protocol that nobody here speaks. */
export function parseExtended(argument: string): DataAddress | 'family' | undefined {
  const [, , protocol = '', address = '', digits = ''] = EXTENDED.exec(argument) ?? []
  if (protocol === '') return undefined
  if (protocol !== '1' && protocol !== '2') return 'family'
  const bytes = ipBytes(address)
  const port = Number(digits)
  if (bytes === undefined || bytes.length !== (protocol === '1' ? 4 : 16) || !isPort(port)) return undefined
  return { ip: formatIp(bytes), port }
}

export function formatExtended({ ip, port }: DataAddress): string {
  return `|${familyOf(ip) === 4 ? 1 : 2}|${ip}|${port}|`
}

/** The text of a 229: its port. */
export function parseExtendedPassive(text: string): number | undefined {
  const port = Number(EXTENDED_PASSIVE.exec(text)?.[2] ?? 0)
  return isPort(port) ? port : undefined
}

export function formatExtendedPassive(port: number): string {
  return `Entering Extended Passive Mode (|||${port}|)`
}

function sixNumbers(text: string): DataAddress | undefined {
  const numbers = (SIX_NUMBERS.exec(text) ?? []).slice(1).map(Number)
  if (numbers.length !== 6 || numbers.some((number) => number > 255)) return undefined
  const port = (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0)
  return isPort(port) ? { ip: numbers.slice(0, 4).join('.'), port } : undefined
}

function isPort(port: number): boolean {
  return port >= 1 && port <= PORT_MAX
}
