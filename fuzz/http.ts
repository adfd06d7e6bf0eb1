// Broken HTTP/1 requests and responses against server, client and detection.

import { http, HttpClient } from '../src/protocols/http/index.ts'
import type { StreamIo } from '../src/core/index.ts'
import { lonelyWorld } from '../src/sim/index.ts'
import { MemoryTree } from '../src/sim/memory-tree.ts'
import { ADDRESS, sessionTarget } from './sessions.ts'

const SAMPLES = [
  'GET / HTTP/1.1\r\nHost: host.test\r\n\r\n',
  'GET /a.txt HTTP/1.1\r\nHost: host.test\r\nRange: bytes=0-1,3-\r\nIf-Range: "x"\r\nAccept-Encoding: br;q=0.5, gzip\r\n\r\n',
  'HEAD http://host.test/a.txt?q HTTP/1.0\r\nConnection: keep-alive\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: host.test\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: x\r\n\r\n',
  'PUT /echo HTTP/1.1\r\nHost: host.test:80\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc',
  'OPTIONS * HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
]
const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  ',',
  '0',
  'ffffffff',
  '%2e%2e/',
  '%',
  '\xff',
  'chunked',
  'Content-Length: 1\r\n',
  '\r\n\r\n',
]

export const http1 = sessionTarget({
  name: 'http',
  about: 'HTTP/1 requests against the server, responses against the client',
  samples: SAMPLES,
  words: WORDS,
  sides: () => {
    const folder = new MemoryTree({ '/index.html': 'home', '/a.txt': '0123456789'.repeat(300) })
    return {
      service: http,
      config: { site: 'www', listing: true, echo: '/echo' },
      world: { ...lonelyWorld([ADDRESS], 'http'), folder: () => folder },
      port: 80,
      client: asking,
      isAnswer,
      before: (bytes) => http.detect?.(bytes),
    }
  },
})

/** Every answer must be of the server's own making. */
function isAnswer(text: string): boolean {
  return text === '' || text.startsWith('HTTP/1.1 ')
}

function asking(io: StreamIo): HttpClient {
  const exchange = { request: { target: '/' }, answered: () => undefined }
  return new HttpClient(io, [exchange, exchange])
}
