// How services of a world look names up: a stub resolver that asks the world's own resolvers.

import { familyOf, type Address } from '../core/address.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { LookupType, NameResolver, WorldView } from '../core/world-view.ts'
import {
  addressesIn,
  exchangesIn,
  namesIn,
  openResolver,
  RCODE,
  textsIn,
  TYPE,
  type Message,
  type StubResolver,
} from '../shared/dns/index.ts'

const DNS_PORT = 53 // RFC 1035 §4.2

type Fields = readonly (readonly string[])[]

const FIELDS: Readonly<Record<LookupType, (message: Message) => Fields>> = {
  A: (message) => addressesIn(message).map((ip) => [ip]),
  AAAA: (message) => addressesIn(message).map((ip) => [ip]),
  MX: (message) => exchangesIn(message).map(({ preference, host }) => [String(preference), host]),
  PTR: (message) => namesIn(message).map((name) => [name]),
  TXT: textsIn,
}

/** `servers` are asked in turn by a host with `addresses`, those of the family of its first address. */
export function resolverFor(servers: readonly string[], addresses: readonly string[]): WorldView['openResolver'] {
  const family = familyOf(addresses[0] ?? '127.0.0.1')
  const reachable: Address[] = servers.filter((ip) => familyOf(ip) === family).map((ip) => ({ ip, port: DNS_PORT }))
  return (io, then) => {
    if (reachable.length === 0) return then(failure('ENOTFOUND', 'this world has no resolver'))
    openResolver(io, { servers: reachable }, (opened) => then(isFailure(opened) ? opened : overStub(opened)))
  }
}

function overStub(stub: StubResolver): NameResolver {
  return {
    resolve(name, type, then) {
      stub.resolve(name, TYPE[type], (message) => then(isFailure(message) ? message : fieldsOf(message, name, type)))
    },
  }
}

function fieldsOf(message: Message, name: string, type: LookupType): Fields | Failure {
  if (message.rcode === RCODE.NXDOMAIN) return failure('ENOTFOUND', `there is no ${name}`)
  if (message.rcode !== RCODE.NOERROR) return failure('ESERVFAIL', `${name} ${type}: the resolver could not say`)
  const fields = FIELDS[type](message)
  return fields.length === 0 ? failure('ENODATA', `${name} has no ${type} record`) : fields
}
