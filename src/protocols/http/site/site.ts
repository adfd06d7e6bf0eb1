// The policy that a world file describes: which answer a request gets. First the host it is for, then
// its method, then redirects, the echo, pages and files, in that order.

import type { Io, WorldView } from '../../../core/index.ts'
import { pathSegments } from '../codec/target.ts'
import type { HttpConfig } from '../config.ts'
import { httpError, METHODS, type Request, type Response } from '../messages.ts'
import { emptyResponse, textResponse, type HttpPolicy } from '../policy.ts'
import { errorResponse } from '../server/error-page.ts'
import { Files, notFound } from './files.ts'
import { echoResponse, pageResponse, redirectResponse } from './fixed.ts'
import { welcomeResponse } from './welcome.ts'

/** Bytes of content that the echo shows. */
const ECHO_KEPT_BYTES = 16_384

export class Site implements HttpPolicy {
  readonly #config: HttpConfig
  readonly #world: WorldView
  readonly #files: Files | undefined
  readonly #pages: ReadonlyMap<string, { readonly methods: readonly string[]; readonly response: Response }>
  readonly #redirects: ReadonlyMap<string, HttpConfig['redirects'][string]>
  readonly #names: ReadonlySet<string>

  constructor(config: HttpConfig, world: WorldView, io: Io) {
    this.#config = config
    this.#world = world
    this.#files = filesOf(config, world, io)
    this.#pages = new Map(
      Object.entries(config.pages).map(([path, page]) => [
        path,
        { methods: allowed(page.methods), response: pageResponse(page) },
      ]),
    )
    this.#redirects = new Map(Object.entries(config.redirects))
    this.#names = new Set([world.host.name, ...world.host.aliases, ...world.host.addresses])
  }

  keeps(head: { readonly target: string }): number {
    const { echo } = this.#config
    return echo !== undefined && head.target.includes(echo) ? ECHO_KEPT_BYTES : 0
  }

  respond(request: Request): Response | Promise<Response> {
    if (!this.#isOurs(request)) return errorResponse(httpError(421, `${request.host} does not live here`))
    if (!METHODS.has(request.method)) return errorResponse(httpError(501, `the method ${request.method}`))
    if (request.path === '*') return emptyResponse(204, [['Allow', 'GET, HEAD, OPTIONS']])
    if (request.method === 'TRACE') return errorResponse(httpError(405, 'TRACE (RFC 9110 §9.3.8) is not answered'))
    const segments = pathSegments(request.path)
    if (segments === undefined) return errorResponse(httpError(400, 'a path that leads nowhere'))
    if (this.#config.https === 'redirect' && request.scheme === 'http') return this.#toHttps(request)
    return this.#answer(request, segments)
  }

  #answer(request: Request, segments: readonly string[]): Response | Promise<Response> {
    const path = `/${segments.join('/')}`
    const redirect = this.#redirects.get(path)
    if (redirect !== undefined) return redirectResponse(redirect, request.query)
    if (path === this.#config.echo) return echoResponse(request)
    const page = this.#pages.get(path)
    if (page !== undefined) return guarded(request, page.methods, () => page.response)
    if (this.#files !== undefined) {
      const files = this.#files
      return guarded(request, FILE_METHODS, () => files.respond(request, segments))
    }
    if (path === '/' && this.#config.site === undefined) {
      return guarded(request, FILE_METHODS, () => welcomeResponse(request, this.#world))
    }
    return notFound()
  }

  /** RFC 9110 §7.4: a request for a host that is not ours is not answered with what is ours. */
  #isOurs(request: Request): boolean {
    const { host, localIp } = request
    if (host === '' || host === localIp || this.#names.has(host)) return true
    if (host === 'localhost') return localIp === '::1' || localIp.startsWith('127.')
    return this.#world.unknownName(host) !== undefined
  }

  /** 308 keeps the method (RFC 9110 §15.4.9). */
  #toHttps(request: Request): Response {
    const host = request.host === '' ? this.#world.host.name : request.host
    const bracketed = host.includes(':') ? `[${host}]` : host
    const securePort = this.#config.securePort[0] ?? 443
    const port = securePort === 443 ? '' : `:${securePort}`
    const query = request.query === undefined ? '' : `?${request.query}`
    const to = `https://${bracketed}${port}${request.path}${query}`
    return textResponse(308, `see ${to}\n`, [['Location', to]])
  }
}

const FILE_METHODS = ['GET', 'HEAD', 'OPTIONS']

function allowed(methods: readonly string[]): readonly string[] {
  return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])]
}

function filesOf(config: HttpConfig, world: WorldView, io: Io): Files | undefined {
  const folder = config.site === undefined ? undefined : world.folder(config.site)
  return folder === undefined ? undefined : new Files(folder, config, io)
}

/** 405 and OPTIONS in one place (RFC 9110 §9.3.7, §15.5.6). */
function guarded(
  request: Request,
  methods: readonly string[],
  answer: () => Response | Promise<Response>,
): Response | Promise<Response> {
  const allow = ['Allow', methods.join(', ')] as const
  if (request.method === 'OPTIONS') return emptyResponse(204, [allow])
  if (!methods.includes(request.method)) return textResponse(405, '405 Method Not Allowed\n', [allow])
  return answer()
}
