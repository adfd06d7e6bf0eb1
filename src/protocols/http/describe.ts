// One line for people for each message.

import { REASONS, type Framing, type RequestHead, type ResponseHead } from './messages.ts'

/** `GET /a HTTP/1.1 for www.harbor.test, 12 bytes of content`. */
export function describeRequest(head: RequestHead): string {
  const host = head.fields.find(([name]) => name === 'host')?.[1]
  const to = host === undefined ? '' : ` for ${host}`
  return `${head.method} ${head.target} HTTP/${head.version}${to}${content(head.framing)}`
}

/** `HTTP/1.1 404 Not Found, content in chunks`. */
export function describeResponse(head: Pick<ResponseHead, 'version' | 'status' | 'framing'>): string {
  const reason = REASONS[head.status]
  return `HTTP/${head.version} ${head.status}${reason === undefined ? '' : ` ${reason}`}${content(head.framing)}`
}

function content(framing: Framing): string {
  switch (framing.kind) {
    case 'none':
      return ''
    case 'length':
      return `, ${framing.length} bytes of content`
    case 'chunked':
      return ', content in chunks'
    case 'close':
      return ', content until the end'
  }
}
