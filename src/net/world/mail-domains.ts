// Whose mail a host takes and who logs in there: what follows from the world's MX records, users and names.

import {
  ANY_PASSWORD,
  type HostView,
  type Name,
  type UserView,
  type WorldView,
  type Zone,
} from '../../core/world-view.ts'
import type { World } from './model.ts'
import { domainOf } from './names.ts'

type MailView = Pick<WorldView, 'user' | 'users' | 'anyUser' | 'takesMailFor'>

/** For each host what it sees of users and mail domains. A name that is no host of the world stands for everywhere else. */
export function mailViewOf(world: World, zones: readonly Zone[]): (host: HostView) => MailView {
  const exchangers = exchangersIn(zones)
  const users = new Map(world.users.map((user) => [user.address, user]))
  const domains = world.domains.map((domain) => domain.name)
  return (host) => {
    const names = new Set([host.name, ...host.aliases])
    const home = domainOf(host.name, domains)
    const takes = (domain: Name): boolean => {
      const found = exchangers.get(domain)
      return found === undefined ? domain === home : found.some((name) => names.has(name))
    }
    const isOurs = (domain: Name): boolean => domain === home || takes(domain)
    return {
      takesMailFor: (domain) => takes(domain.toLowerCase()),
      user: (login) => userFor(users, isOurs, login),
      anyUser: false,
      users: world.users.filter(({ address }) => isOurs(address.slice(address.lastIndexOf('@') + 1))),
    }
  }
}

/** In a catch-all world: the host that stands for every domain that the world lacks, and lets everybody in. */
export function mailViewElsewhere(zones: readonly Zone[]): MailView {
  const known = new Set(zones.map((zone) => zone.name))
  return {
    takesMailFor: (domain) => !known.has(domain.toLowerCase()),
    anyUser: true,
    users: [],
    user: (login) => (ANYBODY.test(login) ? { address: addressFor(login), password: ANY_PASSWORD } : undefined),
  }
}

/** What may be somebody's name: printable, without spaces, and no longer than an address (RFC 5321 §4.5.3.1). */
const ANYBODY = /^[!-~]{1,254}$/

function addressFor(login: string): string {
  const text = login.toLowerCase()
  return /^[^@]+@[^@]+$/.test(text) ? text : `${text.replaceAll('@', '.')}@anywhere`
}

/** Host names by the domain that they exchange mail for. */
function exchangersIn(zones: readonly Zone[]): ReadonlyMap<Name, readonly Name[]> {
  const found = new Map<Name, Name[]>()
  for (const { name, type, data } of zones.flatMap((zone) => zone.records)) {
    if (type !== 'MX') continue
    const host = data.split(' ')[1]?.replace(/\.$/, '') ?? ''
    found.set(name, [...(found.get(name) ?? []), host.toLowerCase()])
  }
  return found
}

function userFor(
  users: ReadonlyMap<string, UserView>,
  isOurs: (domain: Name) => boolean,
  login: string,
): UserView | undefined {
  const text = login.toLowerCase()
  const at = text.lastIndexOf('@')
  if (at !== -1) return isOurs(text.slice(at + 1)) ? users.get(text) : undefined
  for (const [address, user] of users) {
    const end = address.lastIndexOf('@')
    if (address.slice(0, end) === text && isOurs(address.slice(end + 1))) return user
  }
  return undefined
}
