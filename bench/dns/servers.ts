// Name servers beside ours, each on a port of loopback and in a folder, with one zone from a file.

import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Daemon, findProgram, freePort } from '../peer.ts'
import type { Place } from '../world.ts'
import { addressOf, nameOf, ZONE } from './zone-file.ts'

export interface Server {
  readonly place: Place
  readonly command: readonly string[]
}

/** BIND with so many threads, and the files of its zones by their names. */
export async function bind(folder: string, zones: ReadonlyMap<string, string>, threads: number): Promise<Server> {
  const place = await newPlace()
  const own = newFolder(folder, `bind-${place.port}`)
  const config = join(own, 'named.conf')
  const text = `options {
  directory "${own}"; pid-file none; session-keyfile none;
  listen-on port ${place.port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; minimal-responses yes; querylog no; dnssec-validation no; notify no; allow-transfer { none; };
};
controls { };
${Array.from(zones, ([name, file]) => `zone "${name}" { type primary; file "${file}"; };`).join('\n')}
`
  writeFileSync(config, text)
  return { place, command: [findProgram('named') ?? 'named', '-n', String(threads), '-g', '-c', config] }
}

export async function nsd(folder: string, zoneFile: string): Promise<Server> {
  const place = await newPlace()
  const own = newFolder(folder, `nsd-${place.port}`)
  const config = join(own, 'nsd.conf')
  const text = `server:
  server-count: 1
  ip-address: 127.0.0.1
  port: ${place.port}
  username: ""
  chroot: ""
  zonesdir: "${own}"
  database: ""
  logfile: "${own}/log"
  pidfile: "${own}/pid"
  xfrdfile: "${own}/xfrd"
  zonelistfile: "${own}/zones"
  xfrdir: "${own}"
remote-control:
  control-enable: no
zone:
  name: ${ZONE}
  zonefile: ${zoneFile}
`
  writeFileSync(config, text)
  return { place, command: [findProgram('nsd') ?? 'nsd', '-d', '-c', config] }
}

/** dnsmasq keeps addresses of a hosts file in its hash table, and the lists of other records unsorted. */
export async function dnsmasq(folder: string, names: number): Promise<Server> {
  const place = await newPlace()
  const hosts = join(newFolder(folder, `dnsmasq-${place.port}`), 'hosts')
  writeFileSync(hosts, Array.from({ length: names }, (_, index) => `${addressOf(index)} ${nameOf(index)}\n`).join(''))
  const always = '--keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --pid-file='
  const zone = `--local=/test/ --cache-size=10000 --local-ttl=300 --listen-address=${place.ip}`
  const own = [`--port=${place.port}`, `--addn-hosts=${hosts}`, `--user=${userInfo().username}`]
  const command = [findProgram('dnsmasq') ?? 'dnsmasq', ...always.split(' '), ...zone.split(' '), ...own]
  return { place, command }
}

/** Runs it until it is disposed of, from when it is `ready` on. */
export function run({ command, place }: Server, ready: (place: Place) => Promise<boolean>): Promise<Daemon> {
  return Daemon.start({ command, ready: () => ready(place) })
}

export async function newPlace(): Promise<Place> {
  return { ip: '127.0.0.1', port: await freePort() }
}

export function newFolder(within: string, name: string): string {
  const path = join(within, name)
  mkdirSync(path)
  return path
}
