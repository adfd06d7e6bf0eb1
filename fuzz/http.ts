// Broken HTTP/1 requests and responses against server, client and detection.

import { http, HttpClient } from '../src/protocols/http/index.ts'
import type { StreamIo } from '../src/core/index.ts'
import { lonelyWorld, OpenGate, serve, SimPlane, type Served } from '../src/sim/index.ts'
import { MemoryFolder } from '../src/sim/memory-folder.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

/** Where a client machine takes whatever comes for its answer. */
const CLIENT_PORT = 81

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

export const http1: Target = {
  name: 'http',
  about: 'HTTP/1 requests against the server, responses against the client',
  async start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: WORDS }, seed)
    const served = await serving(seed)
    return {
      next: () => mutations.next(),
      attempt: (bytes) => attempt(bytes, served, mutations),
      stop: () => served.stop(),
    }
  },
}

async function serving(seed: number): Promise<Served> {
  const folder = new MemoryFolder({ '/index.html': 'home', '/a.txt': '0123456789'.repeat(300) }, 0)
  const world = { ...lonelyWorld(['198.51.100.1'], 'http'), folder: () => folder }
  const plane = new SimPlane({ seed })
  const gate = silentGate()
  const served = await serve(http, { world, gate, plane, config: { site: 'www', listing: true, echo: '/echo' } })
  const reads = { transport: 'tcp', port: CLIENT_PORT, accept: asking } as const
  await plane.listenStream(reads, { at: { ip: '198.51.100.1', port: CLIENT_PORT }, service: 'client' }, gate)
  return served
}

/** Keeps nothing, and takes a broken machine for a finding. */
function silentGate(): OpenGate {
  return Object.assign(new OpenGate(), {
    opened: () => 'allow' as const,
    closed: () => undefined,
    event: (_flow: unknown, _service: string, event: { readonly kind: string; readonly summary: string }) => {
      if (event.kind.endsWith('.broken')) throw new Error(event.summary)
    },
  })
}

function asking(io: StreamIo): HttpClient {
  const exchange = { request: { target: '/' }, answered: () => undefined }
  return new HttpClient(io, [exchange, exchange])
}

/** Every answer must be of the server's own making. */
async function attempt(bytes: Uint8Array, { plane, peer: connect }: Served, mutations: Mutations): Promise<void> {
  http.detect?.(bytes)
  plane.chunkMaxBytes = mutations.below(3) === 0 ? 1 + mutations.below(9) : Infinity
  const peer = connect(mutations.below(4) === 0 ? CLIENT_PORT : 80).send(bytes)
  await plane.settled()
  const answer = peer.take()
  if (peer.remote.port === 80 && answer !== '' && !answer.startsWith('HTTP/1.1 '))
    throw new Error(`an answer ${answer}`)
  peer.reset()
}
