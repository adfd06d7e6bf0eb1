// The files by which programs inside look names up: the world's servers and nobody else.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { LaidFile } from '../host/laid-files.ts'
import { resolverAddresses } from '../net/implied-hosts.ts'
import type { Host, World } from '../net/world/model.ts'

const RESOLVERS_MAX = 3 // MAXNS of resolv.conf(5)
const SWITCH = '/etc/nsswitch.conf'
/** GlobalKnownHostsFile of ssh_config(5). */
const KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts'
const HOSTS_LINE = 'hosts: files dns'

export function nameFiles(world: World, host: Pick<Host, 'name' | 'aliases' | 'addresses'>): LaidFile[] {
  const servers = resolverAddresses(world).map((address) => `nameserver ${address}\n`)
  const loopback = `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 ${hostname()}\n`
  const own = host.addresses.map((address) => `${address} ${[host.name, ...host.aliases].join(' ')}\n`)
  return [
    { path: '/etc/resolv.conf', contents: servers.slice(0, RESOLVERS_MAX).join('') },
    { path: SWITCH, contents: switchInside(textOf(SWITCH)) },
    { path: '/etc/hosts', contents: loopback + own.join('') },
  ]
}

/** By which stock ssh knows the hosts of the world, and asks nothing. */
export function knownHostsFiles(text: string): LaidFile[] {
  return text === '' ? [] : [{ path: KNOWN_HOSTS, contents: text }]
}

/** The machine's own nsswitch.conf(5) with another line for hosts: where users come from stays as it is. */
export function switchInside(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*hosts\s*:/.test(line))
  return [HOSTS_LINE, ...lines].join('\n')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
