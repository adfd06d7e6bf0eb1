// DNS as a service: what this folder gives to the rest.

import type { Service } from '../../core/service.ts'
import { config, type DnsConfig } from './config.ts'
import { detect } from './detect.ts'
import { worldPolicy } from './policy.ts'
import { QueryLog } from '../../shared/dns/serving/query-log.ts'
import { Responder } from './responder.ts'
import { DnsTcpServer, DnsUdpServer } from './server.ts'

export type { DnsConfig } from './config.ts'
export { recordProblem } from './zone.ts'

export const dns: Service<DnsConfig> = {
  name: 'dns',
  title: 'Domain names (authoritative, for every zone of the world)',
  speaksFirst: 'client',
  config,
  detect,
  ports: ({ port }) => [
    { transport: 'udp', port },
    { transport: 'tcp', port },
  ],
  start(io, { port, udpSizeMaxBytes, tcpIdleMs, logQueries }, world) {
    const policy = worldPolicy(world, ({ name, type }, why) =>
      io.emit({ kind: 'dns.bad-record', severity: 'warning', summary: why, detail: { name, type } }),
    )
    const log = new QueryLog(io, logQueries)
    const responder = new Responder(policy, log, udpSizeMaxBytes)
    return {
      listens: [
        { transport: 'udp', port, open: (io) => new DnsUdpServer(io, responder) },
        { transport: 'tcp', port, accept: (io) => new DnsTcpServer(io, responder, tcpIdleMs) },
      ],
      woke: (timer) => log.woke(timer),
      stop: () => log.flush(),
    }
  },
}
