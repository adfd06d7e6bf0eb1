// A small world for the tests of this folder and of its neighbours.

import type { FirewallRule, Host, World } from '../world/model.ts'
import type { PortsOf } from './gate.ts'

export const portsOf: PortsOf = (service) => {
  const ports = new Map([
    ['smtp', [{ transport: 'tcp', port: 25 } as const]],
    ['imap', [{ transport: 'tcp', port: 143 } as const]],
    ['http', [{ transport: 'tcp', port: 80 } as const, { transport: 'tcp', port: 443 } as const]],
    ['dns', [{ transport: 'udp', port: 53 } as const, { transport: 'tcp', port: 53 } as const]],
  ])
  return ports.get(service) ?? []
}

export function host(
  name: string,
  addresses: readonly string[],
  services: readonly string[] = [],
  client = false,
): Host {
  const entries = services.map((service) => ({ service, config: {}, ports: portsOf(service) }))
  return { name, aliases: [], addresses, services: entries, client }
}

export const MAIL = host('mail.harbor.test', ['192.0.2.2', '2001:db8:1::2'], ['smtp', 'imap'])
export const WEB = host('www.harbor.test', ['192.0.2.3', '2001:db8:1::3'], ['http'])
export const LAPTOP = host('laptop', ['203.0.113.10', '2001:db8::10'], [], true)

export function rule(action: FirewallRule['action'], parts: Partial<FirewallRule> = {}): FirewallRule {
  return { action, sources: [], hosts: [], services: [], ports: [], because: '', ...parts }
}

export function worldWith(parts: Partial<World> = {}): World {
  return {
    name: 'test',
    seed: 1,
    domains: [],
    names: { signed: true, keys: [], failures: [] },
    hosts: [{ ...MAIL, aliases: ['mx.harbor.test'] }, WEB, LAPTOP],
    users: [],
    firewall: { default: 'allow', rules: [] },
    faults: [],
    ports: [],
    catchAll: false,
    folder: undefined,
    ...parts,
  }
}
