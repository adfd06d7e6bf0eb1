// DNS as a service: what this folder gives to the rest.

import { startLate } from '../../core/late-start.ts'
import type { ServedPort, Service } from '../../core/service.ts'
import type { WorldView } from '../../core/world-view.ts'
import { config, type DnsConfig } from './config.ts'
import { detect } from '../../shared/dns/detect.ts'

export type { DnsConfig } from './config.ts'

export const dns: Service<DnsConfig> = {
  name: 'dns',
  title: 'Domain names (authoritative, for the zones of its host)',
  speaksFirst: 'client',
  onlyAtHosts: true,
  config,
  detect,
  ports: servedPorts,
  start(io, config, world) {
    const load = async () => (await import('./start.ts')).startDns(io, config, world)
    const running = startLate(servedPorts(config), load)
    if (world.served.some(isBusy)) io.ask(running.load?.(), () => {})
    return running
  },
}

function servedPorts({ port }: DnsConfig): readonly ServedPort[] {
  return [
    { transport: 'udp', port },
    { transport: 'tcp', port },
  ]
}

/** Whether there is something to do for a zone before anybody asks: copies to fetch, others to tell, signatures to make. */
function isBusy({ role, notify, signing }: WorldView['served'][number]): boolean {
  return role === 'secondary' || notify.length > 0 || signing?.ahead === true
}
