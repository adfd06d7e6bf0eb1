// HTTP requests a second: a static file of 1 KiB over connections that stay, asked by wrk, from a world and from nginx.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '../src/net/authority/index.ts'
import { answersTcp, Daemon, findProgram, freePort, missing, runProgram, TemporaryFolder } from './peer.ts'
import { alternate, figureIn } from './rounds.ts'
import type { Bench, Reach } from './table.ts'
import { RunningWorld, type Place } from './world.ts'

const HOST = 'www.bench.test'
const FILE = 'file.bin'
const FILE_BYTES = 1024
const ROUNDS = 7
const SECONDS = 1
/** Turns of a second each, until V8 has compiled what the load asks of a world: figures still rise before. */
const WARM_UPS = 4
const CONNECTIONS = 48
const TARGET: [string, Reach] = ['nginx, 1 worker', { of: 'ratio', bound: 'at least', limit: 0.85 }]

export async function benchHttp(bench: Bench): Promise<void> {
  const why = missing({ wrk: 'wrk', nginx: 'nginx-light' })
  if (why !== undefined) return bench.skip('HTTP', why)
  using folder = new TemporaryFolder()
  await using stack = new AsyncDisposableStack()
  const file = writeSite(folder.path)
  const world = stack.use(await RunningWorld.up({ file }))
  const recorded = stack.use(await RunningWorld.up({ file, words: ['--pcap', '/dev/null'] }))
  const nginx = await startNginx(folder.path, stack)
  const figures = await alternate(
    {
      world: () => requestsPerSecond('http', world.at(HOST, 80, 'tcp')),
      nginx: () => requestsPerSecond('http', nginx.plain),
      recorded: () => requestsPerSecond('http', recorded.at(HOST, 80, 'tcp')),
      worldTls: () => requestsPerSecond('https', world.at(HOST, 443, 'tcp')),
      nginxTls: () => requestsPerSecond('https', nginx.secure),
      nginxCached: () => requestsPerSecond('http', nginx.cached),
    },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note('HTTP') },
  )
  const add = (work: string, ours: string, theirs: string, beside: string, reach?: Reach): void =>
    bench.add({
      work,
      beside,
      unit: '/s',
      ours: figures.get(ours) ?? [],
      theirs: figures.get(theirs) ?? [],
      ...(reach && { reach }),
    })
  add('HTTP 1 KiB, keep-alive', 'world', 'nginx', ...TARGET)
  add('HTTP 1 KiB, keep-alive', 'world', 'nginxCached', 'with open_file_cache')
  add('HTTP 1 KiB, --pcap /dev/null', 'recorded', 'nginx', ...TARGET)
  add('HTTPS 1 KiB, keep-alive', 'worldTls', 'nginxTls', ...TARGET)
}

/** A folder that both serve, and the world file that names it. */
function writeSite(folder: string): string {
  mkdirSync(join(folder, 'site'))
  writeFileSync(join(folder, 'site', FILE), 'x'.repeat(FILE_BYTES))
  const path = join(folder, 'site.yaml')
  writeFileSync(path, `hosts:\n  ${HOST}:\n    services:\n      - http: { site: ./site }\n`)
  return path
}

async function requestsPerSecond(scheme: 'http' | 'https', { ip, port }: Place): Promise<number> {
  const wrk = findProgram('wrk') ?? 'wrk'
  const address = `${scheme}://${ip}:${port}/${FILE}`
  const command = [wrk, '-t', '1', '-c', String(CONNECTIONS), '-d', `${SECONDS}s`, '-H', `Host: ${HOST}`, address]
  const { output } = await runProgram(command, (SECONDS + 10) * 1000)
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`not every request was answered: ${output}`)
  return figureIn(output, /Requests\/sec:\s+([\d.]+)/)
}

interface Nginx {
  readonly plain: Place
  readonly secure: Place
  /** As `plain`, with its files kept open. */
  readonly cached: Place
}

async function startNginx(folder: string, stack: AsyncDisposableStack): Promise<Nginx> {
  const plain = { ip: '127.0.0.1', port: await freePort() }
  const secure = { ip: '127.0.0.1', port: await freePort() }
  const cached = { ip: '127.0.0.1', port: await freePort() }
  writeIdentity(folder)
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, nginxConfig(folder, { plain, secure, cached }))
  const command = [findProgram('nginx') ?? 'nginx', '-p', folder, '-e', 'stderr', '-c', config]
  const ready = async (): Promise<boolean> =>
    (await answersTcp(plain.ip, plain.port)) && (await answersTcp(secure.ip, secure.port))
  stack.use(await Daemon.start({ command, ready }))
  return { plain, secure, cached }
}

/** A key and a certificate of the kind that worlds make: ECDSA over P-256. */
function writeIdentity(folder: string): void {
  const authority = createAuthority({ names: [HOST], ranges: [], catchAll: false, wallMs: () => Date.now() })
  const identity = authority.identity([HOST])
  writeFileSync(join(folder, 'key.pem'), identity.keyPem)
  writeFileSync(join(folder, 'certificate.pem'), identity.certificatePem)
}

function nginxConfig(folder: string, { plain, secure, cached }: Nginx): string {
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr;
events { worker_connections 512; }
http {
  access_log off; sendfile on; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
  uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  server { listen 127.0.0.1:${plain.port}; root ${folder}/site; }
  server { listen 127.0.0.1:${cached.port}; root ${folder}/site; open_file_cache max=100; }
  server {
    listen 127.0.0.1:${secure.port} ssl; root ${folder}/site;
    ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem; ssl_protocols TLSv1.3;
  }
}
`
}
