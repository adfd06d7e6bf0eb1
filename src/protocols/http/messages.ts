// HTTP's vocabulary (RFC 9110, 9112, 9113): requests, responses, status codes and limits. No parsing, no I/O.

export type Version = '1.0' | '1.1' | '2'

/** A field line. Names are lower case in what was parsed, and as their RFC spells them in what we send. */
export type Field = readonly [name: string, value: string]

/** How the length of a message's content is told (RFC 9112 §6.3). `close`: a response that lasts until the connection ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }

export interface RequestHead {
  readonly method: string
  /** The request target as it was sent (RFC 9112 §3.2). */
  readonly target: string
  readonly version: Version
  readonly fields: readonly Field[]
  readonly framing: Framing
  /** Whether the client expects the connection to persist after this exchange (RFC 9112 §9.3). */
  readonly keepAlive: boolean
  /** The client waits for a 100 before it sends the content (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean
}

/** A request of any version, whole, as the owner sees it. */
export interface Request {
  readonly method: string
  readonly version: Version
  readonly scheme: 'http' | 'https'
  /** What the client called us: the name in lower case without a last dot, or an address; empty when it did not say (1.0). */
  readonly host: string
  /** The port that stood behind the host, if one did. */
  readonly port: number | undefined
  /** As sent, still percent-encoded, `/` first; `*` for `OPTIONS *`. */
  readonly path: string
  /** What followed `?`, without it; undefined when there was no `?`. */
  readonly query: string | undefined
  readonly fields: readonly Field[]
  /** As much of the content as the owner asked to keep. */
  readonly content: Uint8Array
  /** Bytes of content that came. */
  readonly contentBytes: number
  /** Address that the client came to, and the client's own: without ports. */
  readonly localIp: string
  readonly peerIp: string
}

/** Content that is fetched piece by piece, as fast as the peer takes it. */
export interface BodySource {
  /** Bytes in all; undefined when nobody knows yet. */
  readonly length: number | undefined
  /** The next piece; undefined at the end; 'broken' when the rest cannot be had, which breaks the exchange off. */
  next(): Promise<Uint8Array | undefined | 'broken'>
  /** Called once, also when the peer went away early. */
  close(): void
}

export interface Response {
  readonly status: number
  /** Without Date, Server, Connection, Content-Length and Transfer-Encoding: the connection writes those. */
  readonly fields: readonly Field[]
  readonly body: Uint8Array | BodySource
  /** Until when (monotonic ms) the same request head gets the same answer. Left out: ask again each time. */
  readonly freshUntilMs?: number
}

/** A request or response that breaks the grammar or a limit. `status` is what the server answers. */
export interface HttpError {
  readonly kind: 'http-error'
  readonly status: number
  /** For people: what was wrong. */
  readonly detail: string
}

export function httpError(status: number, detail: string): HttpError {
  return { kind: 'http-error', status, detail }
}

export interface ResponseHead {
  readonly version: Version
  readonly status: number
  readonly reason: string
  readonly fields: readonly Field[]
  readonly framing: Framing
  readonly keepAlive: boolean
}

/** The values of a field, joined as a list (RFC 9110 §5.3); undefined when it is absent. `name` in lower case. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  let joined: string | undefined
  for (const [key, value] of fields) {
    if (key === name) joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

/** Methods that the server knows (RFC 9110 §9, RFC 5789); any other is answered with 501. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
])

/** RFC 9110 §15, with 428, 429, 431 and 511 of RFC 6585. */
export const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  511: 'Network Authentication Required',
}

/** Responses that never have content (RFC 9110 §6.4.1). */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304
}

/** Request line, bytes without its end: RFC 9112 §3 recommends at least 8,000. */
export const REQUEST_LINE_MAX_BYTES = 8192
/** Whole head, bytes: nginx's `large_client_header_buffers` allows 32 KiB, node 16. */
export const HEAD_MAX_BYTES = 16_384
/** Field lines in a head: Apache's LimitRequestFields. */
export const FIELDS_MAX = 100
/** A chunk-size line with its extensions, bytes: RFC 9112 §7.1.1 asks for a limit on extensions. */
export const CHUNK_LINE_MAX_BYTES = 256
/** All chunk extensions of one message, bytes: many tiny chunks must not carry a large second message. */
export const CHUNK_EXTENSIONS_MAX_BYTES = 16_384
/** Trailer section, bytes. */
export const TRAILERS_MAX_BYTES = 8192
/** Empty lines before a request line: RFC 9112 §2.2 asks for one at least. */
export const EMPTY_LINES_MAX = 4

/** RFC 9113 §3.4. */
export const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
