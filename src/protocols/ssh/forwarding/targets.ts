// Where a client may have streams forwarded to: hosts of the world, by name or address, and nothing of the machine below.

import { failure, isFailure, type Failure, type NameResolver, type WorldView } from '../../../core/index.ts'
import { ipBytes } from '../../../wire/ip.ts'

const LOOPBACK = /^(?:localhost\.?|127(?:\.\d+){3}|::1)$/i

export interface TargetWorld extends Pick<WorldView, 'hosts' | 'nameOf' | 'unknownName'> {
  resolver(then: (result: NameResolver | Failure) => void): void
}

/** Addresses for `name`, best first. `EACCES`: not of this world. `ownIp`: this host's, by which the peer knows it. */
export function findTarget(
  world: TargetWorld,
  name: string,
  ownIp: string,
  then: (result: readonly string[] | Failure) => void,
): void {
  if (LOOPBACK.test(name) && !isHost(world, name)) return then([ownIp])
  if (ipBytes(name) !== undefined) return then(isOfWorld(world, name) ? [name] : outside(name))
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const host = world.hosts.find((one) => [one.name, ...one.aliases].some((known) => known.toLowerCase() === wanted))
  if (host !== undefined) return then(host.addresses)
  lookUp(world, wanted, (result) => then(isFailure(result) ? result : ofWorld(world, wanted, result)))
}

function lookUp(world: TargetWorld, name: string, then: (result: readonly string[] | Failure) => void): void {
  world.resolver((resolver) => {
    if (isFailure(resolver)) return then(world.unknownName(name) ?? resolver)
    resolver.resolve(name, 'A', (four) =>
      resolver.resolve(name, 'AAAA', (six) => {
        const found = [...(isFailure(four) ? [] : four), ...(isFailure(six) ? [] : six)].flatMap(([ip]) => ip ?? [])
        then(found.length === 0 && isFailure(four) ? four : found)
      }),
    )
  })
}

function ofWorld(world: TargetWorld, name: string, found: readonly string[]): readonly string[] | Failure {
  const inside = found.filter((ip) => isOfWorld(world, ip))
  return inside.length === 0 ? outside(name) : inside
}

function isOfWorld(world: TargetWorld, ip: string): boolean {
  return isHost(world, ip) || world.nameOf(ip) !== undefined
}

function isHost({ hosts }: TargetWorld, ip: string): boolean {
  return hosts.some(({ addresses }) => addresses.includes(ip))
}

function outside(name: string): Failure {
  return failure('EACCES', `${name} is not of this world`)
}
