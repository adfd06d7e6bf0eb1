// The sink: takes anything, answers nothing, and tells how it began. The last resort of a catch-all
// world, and Discard (RFC 863) on port 9 where a host lists it.

import type { Service } from '../../core/service.ts'
import { sinkConfig, type SinkConfig } from './config.ts'
import { SinkDatagrams, SinkStream } from './server.ts'

export type { SinkConfig } from './config.ts'

export const sink: Service<SinkConfig> = {
  name: 'sink',
  title: 'takes anything and answers nothing (Discard, RFC 863)',
  speaksFirst: 'client',
  config: sinkConfig,
  ports: (config) =>
    config.ports.flatMap((port) => [
      { transport: 'tcp', port },
      { transport: 'udp', port },
    ]),
  start(_io, config) {
    return {
      listens: config.ports.flatMap((port) => [
        { transport: 'tcp', port, accept: (io) => new SinkStream(io, config) },
        { transport: 'udp', port, open: (io) => new SinkDatagrams(io, config) },
      ]),
    }
  },
}
