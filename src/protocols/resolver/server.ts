// The resolver of one host: its ports, and what they share.

import type { Io, Listen, StreamIo } from '../../core/io.ts'
import type { Running } from '../../core/service.ts'
import { foldName } from '../../shared/dns/codec/name.ts'
import type { WorldView } from '../../core/world-view.ts'
import { QueryLog } from '../../shared/dns/serving/query-log.ts'
import type { ResolverConfig } from './config.ts'
import { AnswerMaker } from './front/answer-maker.ts'
import { AskerOptions } from './front/asker.ts'
import { Front } from './front/front.ts'
import { HttpsFront } from './https/https-front.ts'
import { StreamFront } from './front/stream.ts'
import { UdpFront } from './front/udp.ts'
import { Recursor } from './recursor.ts'
import { DOT_ALPN, HTTPS_ALPN } from './served-ports.ts'

export function startResolver(io: Io, config: ResolverConfig, world: WorldView): Running {
  const recursor = new Recursor(io, world, config)
  const log = new QueryLog(io, config.logQueries)
  const front = frontOf(io, config, world, recursor, log)
  const https = new HttpsFront({ io, front, world, path: config.httpsPath, idleMs: config.tcpIdleMs })
  const unwatch = world.clock.watch(() => {
    recursor.clear()
    front.clear()
  })
  return {
    listens: listensOf(config, world, front, https),
    woke(timer) {
      log.woke(timer)
      https.woke(timer)
      recursor.woke(timer)
    },
    stop() {
      unwatch()
      log.flush()
      https.stop()
      recursor.stop()
    },
  }
}

function frontOf(io: Io, config: ResolverConfig, world: WorldView, recursor: Recursor, log: QueryLog): Front {
  const { udpSizeMaxBytes, prefetch, tcpIdleMs, cacheBytes } = config
  const known = new Set(world.zones.find((zone) => zone.name === '')?.records.map((record) => foldName(record.name)))
  const isMadeUp = (name: string) => !known.has(name) && world.unknownName(name) !== undefined
  const maker = new AnswerMaker({ udpSizeMaxBytes, prefetch, isMadeUp })
  const options = new AskerOptions({ identity: world.host.name, idleMs: tcpIdleMs, secret: world.secret })
  return new Front({ io, recursor, maker, options, log, udpSizeMaxBytes, cacheBytes })
}

function listensOf(config: ResolverConfig, world: WorldView, front: Front, https: HttpsFront): Listen[] {
  const { port, tlsPort, httpsPort, tcpIdleMs } = config
  const accept = (io: StreamIo) => new StreamFront(io, front, tcpIdleMs, world)
  return [
    { transport: 'udp', port, open: (io) => new UdpFront(io, front, world) },
    { transport: 'tcp', port, accept },
    ...(tlsPort === undefined
      ? []
      : [{ transport: 'tcp', port: tlsPort, tls: 'implicit', alpn: DOT_ALPN, accept } as const]),
    ...(httpsPort === undefined
      ? []
      : [
          {
            transport: 'tcp',
            port: httpsPort,
            tls: 'implicit',
            alpn: HTTPS_ALPN,
            accept: (io: StreamIo) => https.accept(io),
          } as const,
        ]),
  ]
}
