// Where mail for a domain goes: its mail exchangers by the world's DNS (RFC 5321 §5.1, RFC 7505), or why it goes nowhere.

import { domainToASCII } from 'node:url'
import { familyOf } from '../../../core/address.ts'
import { isFailure, type Failure } from '../../../core/failure.ts'
import type { NameResolver } from '../../../core/world-view.ts'
import { literalAddress } from '../codec/address.ts'
import { reply, type Reply } from '../messages.ts'

/** An address to connect to, and the name that its certificate must have. */
export interface Exchanger {
  readonly name: string
  readonly ip: string
}

/** Best first, one at least; or the reply that ends the attempt: 5yz for good, 4yz for now. */
export type Route = readonly Exchanger[] | Reply

/** Exchangers of one domain whose addresses are looked up. Ours; real domains have five. */
const EXCHANGERS_MAX = 10
const LATER: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])

/** Who asks: a mail server that must not send to itself. */
export interface Asker {
  /** In lower case. */
  readonly names: ReadonlySet<string>
  readonly addresses: readonly string[]
  random(size: number): Uint8Array
}

interface Preferred {
  readonly name: string
  readonly preference: number
  readonly chance: number
}

type Records = readonly (readonly string[])[]

/** `then` is called once. `domain` in lower case, or an address literal. */
export function findRoute(domain: string, resolver: NameResolver, asker: Asker, then: (route: Route) => void): void {
  const ip = literalAddress(domain)
  if (ip !== undefined) return then(asker.addresses.includes(ip) ? loop(domain) : [{ name: ip, ip }])
  const name = domainToASCII(domain)
  if (name === '') return then(reply(550, '5.1.2', `${domain} is no domain name`))
  resolver.resolve(name, 'MX', (result) => {
    const exchangers = exchangersOf(name, result, asker)
    if ('code' in exchangers) return then(exchangers)
    addressesOf(exchangers, resolver, asker, (found) => then(routeOf(domain, found, asker)))
  })
}

function exchangersOf(domain: string, result: Records | Failure, asker: Asker): readonly Preferred[] | Reply {
  if (isFailure(result)) {
    if (result.code === 'ENODATA') return [{ name: domain, preference: 0, chance: 0 }]
    if (result.code === 'ENOTFOUND') return reply(550, '5.1.2', `there is no domain ${domain}`)
    return reply(451, '4.4.3', result.message)
  }
  const [first, ...more] = result
  // RFC 7505 §3.
  if (first?.[1] === '' && more.length === 0) return reply(556, '5.1.10', `${domain} takes no mail`)
  const chances = asker.random(result.length)
  return result
    .map(([preference = '0', name = ''], at) => ({ name, preference: Number(preference), chance: chances[at] ?? 0 }))
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => a.preference - b.preference || a.chance - b.chance)
    .slice(0, EXCHANGERS_MAX)
}

interface Located extends Preferred {
  readonly ips: readonly string[]
  /** Why there are no addresses: perhaps later. */
  readonly later: string | undefined
}

/** A and AAAA of each, those only that this host can reach; the order stays. */
function addressesOf(
  exchangers: readonly Preferred[],
  resolver: NameResolver,
  asker: Asker,
  then: (found: readonly Located[]) => void,
): void {
  const types = familiesOf(asker).map((family) => (family === 4 ? 'A' : 'AAAA'))
  const answers = exchangers.map((): (Records | Failure)[] => [])
  let out = exchangers.length * types.length
  if (out === 0) return then([])
  for (const [at, { name }] of exchangers.entries()) {
    for (const [order, type] of types.entries()) {
      resolver.resolve(name, type, (result) => {
        answers[at]![order] = result
        if (--out === 0) then(exchangers.map((exchanger, at) => located(exchanger, answers[at] ?? [])))
      })
    }
  }
}

function located(exchanger: Preferred, answers: readonly (Records | Failure)[]): Located {
  const ips = answers.flatMap((answer) => (isFailure(answer) ? [] : answer.map(([ip = '']) => ip)))
  const failed = answers.filter(isFailure).find((answer) => !LATER.has(answer.code))
  return { ...exchanger, ips, later: failed?.message }
}

/** The host's own first family first. */
function familiesOf({ addresses }: Asker): readonly (4 | 6)[] {
  return [...new Set(addresses.map(familyOf))]
}

function routeOf(domain: string, found: readonly Located[], asker: Asker): Route {
  const own = found.find(({ name, ips }) => isOwn(name, ips, asker))
  const usable = own === undefined ? found : found.filter(({ preference }) => preference < own.preference)
  if (own !== undefined && usable.length === 0) return loop(domain)
  const hosts = usable.flatMap(({ name, ips }) => ips.map((ip) => ({ name, ip })))
  if (hosts.length > 0) return hosts
  const later = usable.find((exchanger) => exchanger.later !== undefined)?.later
  if (later !== undefined) return reply(451, '4.4.3', later)
  return reply(550, '5.4.4', `no mail exchanger of ${domain} has an address`)
}

function isOwn(name: string, ips: readonly string[], { names, addresses }: Asker): boolean {
  return names.has(name.toLowerCase()) || ips.some((ip) => addresses.includes(ip))
}

/** RFC 5321 §5.1: what is left once the server itself and all behind it are struck out. */
function loop(domain: string): Reply {
  return reply(554, '5.4.6', `mail for ${domain} loops back to this server`)
}
