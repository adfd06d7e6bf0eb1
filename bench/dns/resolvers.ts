// Resolvers of one hierarchy, ours and Unbound with one thread: given its root hints and its trust anchor, each with the same memory for
// what it learns. A resolver that is started has learnt nothing.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../peer.ts'
import { NODE, type Place } from '../world.ts'
import { isThere } from './ask.ts'
import type { Hierarchy } from './hierarchy.ts'
import { newFolder, newPlace, run, type Server } from './servers.ts'

export interface Resolver extends AsyncDisposable {
  readonly place: Place
  readonly pid: number
}

export type StartResolver = (folder: string, hierarchy: Hierarchy) => Promise<Resolver>

const CACHE = 64
const ALONE = join(import.meta.dirname, 'resolver-alone.ts')

export const startOurs: StartResolver = async (_folder, { root, anchor }) => {
  const place = await newPlace()
  const command = [NODE, ALONE, place.ip, String(place.port), ...root, anchor, `${CACHE}MiB`]
  return startResolver({ place, command })
}

/** What Unbound blocks by itself (RFC 6303, RFC 6761) is part of that hierarchy. */
export const startUnbound: StartResolver = async (folder, { hints, anchor }) => {
  const place = await newPlace()
  const own = newFolder(folder, `unbound-${place.port}`)
  writeFileSync(join(own, 'hints'), hints)
  writeFileSync(join(own, 'anchor'), `${anchor}\n`)
  const config = join(own, 'conf')
  const text = `server:
  directory: "${own}"
  chroot: ""
  username: ""
  pidfile: ""
  interface: ${place.ip}@${place.port}
  root-hints: hints
  trust-anchor-file: anchor
  num-threads: 1
  msg-cache-size: ${CACHE / 2}m
  rrset-cache-size: ${CACHE / 2}m
  do-daemonize: no
  use-syslog: no
  logfile: ""
  do-not-query-localhost: no
  local-zone: "test." nodefault
  unblock-lan-zones: yes
remote-control:
  control-enable: no
`
  writeFileSync(config, text)
  const command = [findProgram('unbound') ?? 'unbound', '-d', '-c', config]
  return startResolver({ place, command })
}

async function startResolver(server: Server): Promise<Resolver> {
  const daemon = await run(server, isThere)
  return { place: server.place, pid: daemon.pid, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() }
}
