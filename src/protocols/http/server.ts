// A web server for one host: its ports, and what their connections share.

import { tcpPorts, type Io, type Running, type ServedPort, type StreamIo, type StreamListen } from '../../core/index.ts'
import type { HttpPolicy } from './policy.ts'
import { HttpConnection } from './server/connection.ts'
import { PreparedByAddress, type HttpContext } from './server/context.ts'
import { Http2Sessions } from './server/http2.ts'
import { DEFAULT_LIMITS, type HttpLimits } from './server/limits.ts'
import { RequestLog } from './server/request-log.ts'

export interface HttpServerOptions {
  readonly policy: HttpPolicy
  /** Ports without and with TLS. */
  readonly ports: readonly number[]
  readonly securePorts: readonly number[]
  readonly limits?: HttpLimits
}

/** Application protocols by which a TLS client may ask (RFC 7301), best first. */
const ALPN = ['h2', 'http/1.1'] as const

/** What `startHttp` opens for these ports. */
export function servedPorts(ports: readonly number[], securePorts: readonly number[]): readonly ServedPort[] {
  return tcpPorts(ports, securePorts, ALPN)
}

/** `io`: the service's own. Serves HTTP/1.0, 1.1 and 2 on every port. */
export function startHttp(io: Io, options: HttpServerOptions): Running {
  const log = new RequestLog(io)
  const context: HttpContext = { io, policy: options.policy, limits: options.limits ?? DEFAULT_LIMITS, log }
  const http2 = new Http2Sessions(context)
  return {
    listens: servedPorts(options.ports, options.securePorts).map((port) => listenOn(port, context, http2)),
    woke(timer) {
      log.woke(timer)
      http2.woke(timer)
    },
    stop() {
      http2.stop()
    },
  }
}

function listenOn(served: ServedPort, context: HttpContext, http2: Http2Sessions): StreamListen {
  const prepared = new PreparedByAddress()
  const accept = (io: StreamIo): HttpConnection =>
    new HttpConnection(io, context, prepared.at(io.local.ip), () => io.adopt((stream) => http2.serve(stream, io)))
  return { ...served, transport: 'tcp', accept }
}
