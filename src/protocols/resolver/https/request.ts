// DNS over HTTPS (RFC 8484) between a request and a packet: what is asked, and the fields of what is answered. Knows no HTTP
// connections.

import { HEADER_BYTES, MESSAGE_MAX_BYTES, RCODE } from '../../../shared/dns/messages.ts'
import { leastTtl } from '../front/served.ts'

export interface HttpsRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  readonly contentType: string | undefined
  readonly content: Uint8Array
}

export interface HttpsRefusal {
  readonly kind: 'refusal'
  readonly status: number
  readonly reason: string
}

/** RFC 8484 §6. */
const MEDIA_TYPE = 'application/dns-message'
/** Characters of a target: a whole message in base64url, and its path. */
const TARGET_MAX_CHARS = 90_000
const BASE64URL = /^[\w-]*$/

function refusal(status: number, reason: string): HttpsRefusal {
  return { kind: 'refusal', status, reason }
}

/** The packet that is asked with (RFC 8484 §4.1). */
export function packetIn(request: HttpsRequest, path: string): Uint8Array | HttpsRefusal {
  const { method, target } = request
  if (target.length > TARGET_MAX_CHARS) return refusal(414, 'the target is too long')
  const [at = '', search = ''] = target.split('?', 2)
  if (at !== path) return refusal(404, `questions go to ${path}`)
  if (method === 'GET' || method === 'HEAD') return checked(packetInSearch(search))
  if (method !== 'POST') return refusal(405, 'GET or POST')
  const type = request.contentType?.split(';')[0]?.trim().toLowerCase()
  if (type !== MEDIA_TYPE) return refusal(415, `expected ${MEDIA_TYPE}`)
  return checked(request.content)
}

function packetInSearch(search: string): Uint8Array | HttpsRefusal {
  const values = search.split('&').flatMap((part) => (part.startsWith('dns=') ? [part.slice(4)] : []))
  const [value] = values
  if (value === undefined || values.length > 1) return refusal(400, 'expected one parameter `dns`')
  return BASE64URL.test(value) ? Buffer.from(value, 'base64url') : refusal(400, '`dns` is not base64url')
}

function checked(packet: Uint8Array | HttpsRefusal): Uint8Array | HttpsRefusal {
  if ('kind' in packet) return packet
  if (packet.length < HEADER_BYTES || packet[2]! >= 0x80) return refusal(400, 'no question')
  return packet.length > MESSAGE_MAX_BYTES ? refusal(413, 'longer than a message can be') : packet
}

/** An answer is as fresh as the first of its records to expire (RFC 8484 §5.1). */
export function answerFields(answer: Uint8Array): Readonly<Record<string, string>> {
  const rcode = answer[3]! & 15
  const good = rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN
  const cacheControl = good ? `max-age=${leastTtl(answer)}` : 'no-store'
  return { 'content-type': MEDIA_TYPE, 'content-length': String(answer.length), 'cache-control': cacheControl }
}

export function refusalFields({ status, reason }: HttpsRefusal): Readonly<Record<string, string>> {
  const length = String(Buffer.byteLength(reason) + 1)
  const allow = status === 405 ? { allow: 'GET, HEAD, POST' } : {}
  return {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': length,
    'cache-control': 'no-store',
    ...allow,
  }
}
