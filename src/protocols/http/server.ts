// A web server for one host: its ports, and what their connections share.

import type { Io, Running, StreamIo, StreamListen } from '../../core/index.ts'
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

/** `io`: the service's own. Serves HTTP/1.0, 1.1 and 2 on every port. */
export function startHttp(io: Io, options: HttpServerOptions): Running {
  const log = new RequestLog(io)
  const context: HttpContext = { io, policy: options.policy, limits: options.limits ?? DEFAULT_LIMITS, log }
  const http2 = new Http2Sessions(context)
  const listens = [
    ...options.ports.map((port) => listenOn(port, false, context, http2)),
    ...options.securePorts.map((port) => listenOn(port, true, context, http2)),
  ]
  return {
    listens,
    woke(timer) {
      log.woke(timer)
      http2.woke(timer)
    },
    stop() {
      http2.stop()
    },
  }
}

function listenOn(port: number, isSecure: boolean, context: HttpContext, http2: Http2Sessions): StreamListen {
  const prepared = new PreparedByAddress()
  const accept = (io: StreamIo): HttpConnection =>
    new HttpConnection(io, context, prepared.at(io.local.ip), () => io.adopt((stream) => http2.serve(stream, io)))
  const listen = { transport: 'tcp', port, accept } as const
  return isSecure ? { ...listen, tls: 'implicit', alpn: ['h2', 'http/1.1'] } : listen
}
