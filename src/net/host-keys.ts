// The SSH host keys of a world: those of each host that serves SSH. What cannot be derived is kept in the state folder.

import { isFailure } from '../core/failure.ts'
import type { HostKey } from '../core/world-view.ts'
import { readState, writeState } from '../host/trust/state-folder.ts'
import { derivedHostKeys, generateRsaHostKey, knownHostsLine, rsaHostKey } from '../shared/ssh-keys/index.ts'
import type { Binding } from './internet.ts'
import type { Host, World } from './world/model.ts'
import type { HostKeys } from './world/zones.ts'

const RSA_FILE = 'ssh-host-rsa.pem'
const SERVICE = 'ssh'
const SSH_PORT = 22

/** Stands for every host that a catch-all world answers for without knowing it. */
export const ANYWHERE = 'anywhere'

/** The RSA key is one for the whole world: making it takes longer than all else at the start. `begun`: one on its way. */
export async function worldHostKeys(
  world: World,
  secret: Uint8Array,
  stateFolder: string | undefined,
  begun?: Promise<string>,
): Promise<HostKeys> {
  const names = world.hosts.filter(servesSsh).map(({ name }) => name)
  if (world.catchAll) names.push(ANYWHERE)
  if (names.length === 0) return new Map()
  const rsa = await worldRsaKey(stateFolder, begun)
  return new Map(names.map((name) => [name, [...derivedHostKeys(secret, name), rsa]]))
}

function servesSsh(host: Host): boolean {
  return host.services.some(({ service }) => service === SERVICE)
}

/** The kept key; a fresh one where none is kept, or where it can be neither read nor written. */
async function worldRsaKey(stateFolder: string | undefined, begun: Promise<string> | undefined): Promise<HostKey> {
  const kept = stateFolder === undefined ? undefined : readState(stateFolder, RSA_FILE, 'secret')
  if (kept !== undefined && !isFailure(kept)) {
    try {
      return rsaHostKey(kept)
    } catch {
      // Not a key: one is made in its place.
    }
  }
  const fresh = await (begun ?? generateRsaHostKey())
  if (stateFolder !== undefined) writeState(stateFolder, RSA_FILE, fresh, 'secret')
  return rsaHostKey(fresh)
}

/**
 * The text of a known_hosts file with every host of the world that serves SSH, by all its names and addresses, and in a catch-all
 * world everybody else.
 */
export function knownHosts(world: World, keys: HostKeys): string {
  const elsewhere = keys.get(ANYWHERE)
  const everybody = elsewhere === undefined ? '' : knownHostsLine(['*'], SSH_PORT, elsewhere)
  return world.hosts
    .flatMap((host) => {
      const own = keys.get(host.name) ?? []
      const ports = host.services.filter(({ service }) => service === SERVICE).flatMap(({ ports: all }) => all)
      const places = [host.name, ...host.aliases, ...host.addresses]
      return ports.map(({ port }) => knownHostsLine(places, port, own))
    })
    .concat(everybody)
    .join('')
}

/** The same for a world whose ports stand elsewhere: by the names of its hosts, and by where they are bound. */
export function knownHostsAt(bindings: readonly Binding[], keys: HostKeys): string {
  return bindings
    .map(({ host, service, bound }) => {
      if (service !== SERVICE || isFailure(bound)) return ''
      return knownHostsLine([host, bound.ip], bound.port, keys.get(host) ?? [])
    })
    .join('')
}
