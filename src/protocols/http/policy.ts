// The questions that an HTTP server asks its owner. HTTP/1 and HTTP/2 ask the same ones. The answer that
// is made from a world file stands in site/.

import type { RequestHead, Request, Response } from './messages.ts'

export interface HttpPolicy {
  /** How many bytes of this request's content to hand over; the rest is counted and dropped. */
  keeps(head: Pick<RequestHead, 'method' | 'target'>): number
  /** Answers a whole request. A rejected promise is a broken invariant and closes that connection. */
  respond(request: Request): Response | Promise<Response>
}

/** Answers from a function, keeping up to `keptBytes` of each request's content. */
export function policyOf(respond: (request: Request) => Response | Promise<Response>, keptBytes = 0): HttpPolicy {
  return { keeps: () => keptBytes, respond }
}

const NOTHING = new Uint8Array(0)

/** A response of text. `fields` come after the Content-Type. */
export function textResponse(status: number, text: string, fields: Response['fields'] = []): Response {
  return {
    status,
    fields: [['Content-Type', 'text/plain; charset=utf-8'], ...fields],
    body: Buffer.from(text, 'utf8'),
  }
}

export function emptyResponse(status: number, fields: Response['fields'] = []): Response {
  return { status, fields, body: NOTHING }
}
