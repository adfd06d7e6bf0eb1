// Answers that stand in the world file: pages, redirects and the echo.

import type { PageConfig, RedirectConfig } from '../config.ts'
import type { Field, Request, Response } from '../messages.ts'
import { textResponse } from '../policy.ts'

/** A page, made once: nothing in it depends on the request. */
export function pageResponse(config: PageConfig): Response {
  const isJson = config.json !== undefined
  const text = isJson ? `${JSON.stringify(config.json, undefined, 2)}\n` : (config.body ?? '')
  const fields: Field[] = Object.entries(config.headers)
  if (!fields.some(([name]) => name.toLowerCase() === 'content-type')) {
    fields.unshift(['Content-Type', isJson ? 'application/json' : textType(text)])
  }
  return { status: config.status, fields, body: Buffer.from(text, 'utf8'), freshUntilMs: Number.POSITIVE_INFINITY }
}

function textType(text: string): string {
  return /^\s*<(?:!doctype html|html)/i.test(text) ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'
}

/** `to` is taken as it stands, and what followed `?` goes along unless `to` has its own. */
export function redirectResponse(config: RedirectConfig, query: string | undefined): Response {
  const to = query === undefined || config.to.includes('?') ? config.to : `${config.to}?${query}`
  return textResponse(config.status, `see ${to}\n`, [['Location', to]])
}

/** The request, told in JSON to programs under test: what did it really send? */
export function echoResponse(request: Request): Response {
  const { method, version, scheme, host, path, query, contentBytes, peerIp } = request
  const fields = request.fields.map(([name, value]) => [name, value])
  const content = Buffer.from(request.content).toString('utf8')
  const told = {
    method,
    version,
    scheme,
    host,
    path,
    query: query ?? null,
    from: peerIp,
    fields,
    contentBytes,
    content,
  }
  return {
    status: 200,
    fields: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
    ],
    body: Buffer.from(`${JSON.stringify(told, undefined, 2)}\n`, 'utf8'),
  }
}
