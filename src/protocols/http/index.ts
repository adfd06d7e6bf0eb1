// HTTP/1.0, 1.1 and 2: the service, and what tests and the SDK use of it.

import type { Service } from '../../core/index.ts'
import { httpConfig, type HttpConfig } from './config.ts'
import { METHODS } from './messages.ts'
import { servedPorts, startHttp } from './server.ts'
import { isPreface } from './server/head-scan.ts'
import { Site } from './site/site.ts'

/** Looks for a method and a space, or HTTP/2's preface. */
function detect(head: Uint8Array): 'yes' | 'no' | 'more' {
  const preface = isPreface(head)
  if (preface === 'yes') return 'yes'
  let fits = preface === 'more'
  for (const method of METHODS) {
    const fit = startsLike(head, `${method} `)
    if (fit === 'yes') return 'yes'
    fits ||= fit === 'more'
  }
  return fits ? 'more' : 'no'
}

function startsLike(head: Uint8Array, text: string): 'yes' | 'no' | 'more' {
  const length = Math.min(head.length, text.length)
  for (let i = 0; i < length; i++) if (head[i] !== text.charCodeAt(i)) return 'no'
  return length === text.length ? 'yes' : 'more'
}

export const http: Service<HttpConfig> = {
  name: 'http',
  title: 'web sites over HTTP/1.1 and HTTP/2, plain and with TLS',
  speaksFirst: 'client',
  config: httpConfig,
  detect,
  folders: ({ site }) => (site === undefined ? [] : [{ path: ['site'], folder: site }]),
  ports: ({ port, securePort }) => servedPorts(port, securePort),
  start(io, config, world) {
    const { port: ports, securePort: securePorts, limits } = config
    return startHttp(io, { policy: new Site(config, world, io), ports, securePorts, limits })
  },
}

export { HttpClient, type HttpExchange, type HttpRequest, type HttpResult } from './client.ts'
export type { HttpConfig } from './config.ts'
export { describeRequest, describeResponse } from './describe.ts'
export type { BodySource, Field, Request, RequestHead, Response, ResponseHead } from './messages.ts'
export { fieldValue } from './messages.ts'
export { emptyResponse, policyOf, textResponse, type HttpPolicy } from './policy.ts'
export { startHttp, type HttpServerOptions } from './server.ts'
export type { HttpLimits } from './server/limits.ts'
