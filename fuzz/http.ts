// Broken HTTP/1 requests and responses against server, client and detection, for as long as asked:
// `node fuzz/http.ts [ROUNDS] [SEED]`. Prints what it did; a finding throws with the bytes in hex.

import { http, HttpClient } from '../src/protocols/http/index.ts'
import { lonelyWorld, OpenGate, SeededRandom, serve, SimPlane } from '../src/sim/index.ts'
import { MemoryFolder } from '../src/sim/memory-folder.ts'

const rounds = Number(process.argv[2] ?? 100_000)
const seed = Number(process.argv[3] ?? 1)
const random = new SeededRandom(seed)

const SEEDS = [
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

function below(limit: number): number {
  return random.u32() % limit
}

function mutated(): Buffer {
  let text = SEEDS[below(SEEDS.length)] ?? ''
  for (let left = below(5); left > 0; left--) text = mutate(text)
  return Buffer.from(text, 'latin1')
}

function mutate(text: string): string {
  const at = below(text.length + 1)
  const to = Math.min(text.length, at + below(8))
  switch (below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(to)
    case 1:
      return text.slice(0, at) + (WORDS[below(WORDS.length)] ?? '') + text.slice(at)
    case 2:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1)
    case 3:
      return text.slice(0, to) + text.slice(at)
    default:
      return text + (SEEDS[below(SEEDS.length)] ?? '')
  }
}

const folder = new MemoryFolder({ '/index.html': 'home', '/a.txt': '0123456789'.repeat(300) }, 0)
const world = { ...lonelyWorld(['198.51.100.1'], 'http'), folder: () => folder }
const gate = Object.assign(new OpenGate(), {
  opened: () => 'allow' as const,
  closed: () => undefined,
  event: (_flow: unknown, _service: string, event: { readonly kind: string; readonly summary: string }) => {
    if (event.kind.endsWith('.broken')) throw new Error(event.summary)
  },
})
const served = await serve(http, {
  world,
  gate,
  plane: new SimPlane({ seed }),
  config: { site: 'www', listing: true, echo: '/echo' },
})
const READS = {
  transport: 'tcp',
  port: 81,
  accept: (io: ConstructorParameters<typeof HttpClient>[0]) => asking(io),
} as const
await served.plane.listenStream(READS, { at: { ip: '198.51.100.1', port: 81 }, service: 'client' }, gate)

/** A client machine that takes whatever comes for its answer. */
function asking(io: ConstructorParameters<typeof HttpClient>[0]): HttpClient {
  const exchange = { request: { target: '/' }, answered: () => undefined }
  return new HttpClient(io, [exchange, exchange])
}

/** Every answer must be of the server's own making. */
async function attempt(bytes: Buffer): Promise<void> {
  http.detect?.(bytes)
  served.plane.chunkMaxBytes = below(3) === 0 ? 1 + below(9) : Infinity
  const peer = served.peer(80 + (below(4) === 0 ? 1 : 0)).send(bytes)
  await served.plane.settled()
  const answer = peer.take()
  if (peer.remote.port === 80 && answer !== '' && !answer.startsWith('HTTP/1.1 '))
    throw new Error(`an answer ${answer}`)
  peer.reset()
}

const startedMs = performance.now()
for (let round = 0; round < rounds; round++) {
  const bytes = mutated()
  try {
    await attempt(bytes)
  } catch (thrown) {
    throw new Error(`round ${round}, seed ${seed}: ${bytes.toString('hex')}`, { cause: thrown })
  }
}
const seconds = (performance.now() - startedMs) / 1000
const heapMib = Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
console.log(
  `${rounds} messages in ${seconds.toFixed(1)} s, ${heapMib} MiB of heap, ${folder.openFiles} files open, nothing found`,
)
