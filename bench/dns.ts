// DNS answers a second over UDP: a world beside BIND and dnsmasq with the same records, asked by dnsperf.

import { createSocket } from 'node:dgram'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConfigError } from '../src/core/failure.ts'
import { onLoopback } from '../src/net/loopback.ts'
import { createWorldState, defaultWorld, loadWorld } from '../src/net/world/index.ts'
import type { World } from '../src/net/world/model.ts'
import type { Zone } from '../src/core/world-view.ts'
import { services } from '../src/services.ts'
import { Daemon, findProgram, freePort, missing, runProgram, TemporaryFolder } from './peer.ts'
import { alternate, figureIn } from './rounds.ts'
import type { Bench, Reach } from './table.ts'
import { RunningWorld, type Place } from './world.ts'

const NAMES = 5000
const ROUNDS = 7
const SECONDS = 1
/** Turns of a second each, until V8 has compiled what the load asks of a world: figures still rise before. */
const WARM_UPS = 3
/** Few enough that no server's receive buffer overflows: a lost question holds its place for seconds. */
const OUTSTANDING = 100
const CLIENTS = 4
const BATCHED: Reach = { of: 'ratio', bound: 'at least', limit: 1 }
const PLAIN: Reach = { of: 'ratio', bound: 'at least', limit: 0.7 }
/** koffi is a native addon: without addons, the plain `node:dgram` is left. */
const WITHOUT_ADDONS = '--no-addons'

interface Contest {
  readonly title: string
  readonly world: World
  /** The world file; the default world has none. */
  readonly file?: string
  readonly queries: string
  readonly folder: string
  /** A host that serves DNS. */
  readonly server: string
}

export async function benchDns(bench: Bench): Promise<void> {
  const why = missing({ dnsperf: 'dnsperf' })
  if (why !== undefined) return bench.skip('DNS answers', why)
  using folder = new TemporaryFolder()
  await contend(bench, await manyNames(folder.path))
  await contend(bench, defaultNames(folder.path))
}

async function manyNames(folder: string): Promise<Contest> {
  const names = Array.from({ length: NAMES }, (_, index) => `host-${index}`)
  const records = names.map((name, index) => `      - ${name} A 10.0.${index >> 8}.${index & 255}`)
  const text = ['domains:', '  bench.test:', '    records:', ...records, 'hosts:', '  ns.bench.test: dns', ''].join(
    '\n',
  )
  const file = join(folder, 'many.yaml')
  writeFileSync(file, text)
  const world = await loadWorld(text, { path: file, services })
  if (isConfigError(world)) throw new Error('the world of the bench is wrong')
  // A stride that shares no factor with the number of names: every name once, no two neighbours.
  const asked = names.map((_, index) => `${names[(index * 1999) % NAMES]}.bench.test A`)
  const title = `${NAMES.toLocaleString('en-US')} names`
  return { title, world, file, folder, server: 'ns.bench.test', queries: queryFile(folder, 'many', asked) }
}

function defaultNames(folder: string): Contest {
  const world = defaultWorld(services)
  const records = zonesOf(world).flatMap((zone) => (zone.name.endsWith('.arpa') ? [] : zone.records))
  const asked = records.map(({ name, type }) => `${name} ${type}`)
  return {
    title: 'default world',
    world,
    folder,
    server: 'ns.harbor.test',
    queries: queryFile(folder, 'default', asked),
  }
}

function queryFile(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, `${name}.queries`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** The zones that `up` serves: its hosts stand on loopback. */
function zonesOf(world: World): readonly Zone[] {
  return createWorldState(onLoopback(world, process.platform === 'linux'), { folder: () => undefined }).zones
}

async function contend(bench: Bench, contest: Contest): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const world = contest.file === undefined ? {} : { file: contest.file }
  const batched = stack.use(await RunningWorld.up(world))
  const plain = stack.use(await RunningWorld.up({ ...world, nodeOptions: WITHOUT_ADDONS }))
  const bind = await startBind(bench, contest, stack)
  const dnsmasq = await startDnsmasq(bench, contest, stack)
  const figures = await alternate(
    {
      batched: () => answersPerSecond(contest, batched.at(contest.server, 53, 'udp')),
      ...(bind && { bind: () => answersPerSecond(contest, bind) }),
      plain: () => answersPerSecond(contest, plain.at(contest.server, 53, 'udp')),
      ...(dnsmasq && { dnsmasq: () => answersPerSecond(contest, dnsmasq) }),
    },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note(`DNS, ${contest.title}`) },
  )
  const add = (ours: string, theirs: string, beside: string, reach?: Reach): void => {
    const work = `DNS, ${contest.title}, ${ours === 'plain' ? 'plain dgram' : 'batched calls'}`
    bench.add({ work, beside, unit: '/s', ...figuresOf(figures, ours, theirs), ...(reach && { reach }) })
  }
  if (bind) {
    add('batched', 'bind', 'BIND -n 1', BATCHED)
    add('plain', 'bind', 'BIND -n 1', PLAIN)
  }
  if (dnsmasq) {
    add('batched', 'dnsmasq', 'dnsmasq')
    add('plain', 'dnsmasq', 'dnsmasq')
  }
}

function figuresOf(figures: ReadonlyMap<string, readonly number[]>, ours: string, theirs: string) {
  return { ours: figures.get(ours) ?? [], theirs: figures.get(theirs) ?? [] }
}

async function answersPerSecond({ queries }: Contest, { ip, port }: Place): Promise<number> {
  const dnsperf = findProgram('dnsperf') ?? 'dnsperf'
  const load = `-l ${SECONDS} -q ${OUTSTANDING} -c ${CLIENTS} -T 1`.split(' ')
  const command = [dnsperf, '-s', ip, '-p', String(port), '-d', queries, ...load]
  const { output } = await runProgram(command, (SECONDS + 10) * 1000)
  return figureIn(output, /Queries per second:\s+([\d.]+)/)
}

async function startBind(bench: Bench, contest: Contest, stack: AsyncDisposableStack): Promise<Place | undefined> {
  const why = missing({ named: 'bind9' })
  if (why !== undefined) return bench.skip(`DNS, ${contest.title}, beside BIND`, why)
  const port = await freePort()
  const folder = join(contest.folder, `bind-${port}`)
  mkdirSync(folder)
  const zones = zonesOf(contest.world)
  for (const zone of zones) writeFileSync(join(folder, `${zone.name}.zone`), zoneFile(zone))
  const config = join(folder, 'named.conf')
  writeFileSync(config, bindConfig(folder, port, zones))
  const place = { ip: '127.0.0.1', port }
  const command = [findProgram('named') ?? 'named', '-n', '1', '-g', '-c', config]
  stack.use(await Daemon.start({ command, ready: () => answersDns(place) }))
  return place
}

function bindConfig(folder: string, port: number, zones: readonly Zone[]): string {
  return `options {
  directory "${folder}"; pid-file none; session-keyfile none;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; minimal-responses yes; querylog no; dnssec-validation no; notify no; allow-transfer { none; };
};
controls { };
${zones.map(({ name }) => `zone "${name}" { type primary; file "${name}.zone"; };`).join('\n')}
`
}

function zoneFile({ records }: Zone): string {
  const lines = records.map(({ name, ttlSeconds, type, data }) => `${name}. ${ttlSeconds} IN ${type} ${data}`)
  return `${lines.join('\n')}\n`
}

/** Addresses alone: dnsmasq keeps those of a hosts file in its hash table, and the lists of other records unsorted. */
async function startDnsmasq(bench: Bench, contest: Contest, stack: AsyncDisposableStack): Promise<Place | undefined> {
  if (contest.file === undefined) return undefined
  const why = missing({ dnsmasq: 'dnsmasq-base' })
  if (why !== undefined) return bench.skip(`DNS, ${contest.title}, beside dnsmasq`, why)
  const port = await freePort()
  const hosts = join(contest.folder, 'hosts')
  const records = zonesOf(contest.world).flatMap((zone) => zone.records.filter(({ type }) => type === 'A'))
  writeFileSync(hosts, records.map(({ name, data }) => `${data} ${name}\n`).join(''))
  const place = { ip: '127.0.0.1', port }
  const always = '--keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --pid-file='
  const zone = '--local=/test/ --cache-size=10000 --local-ttl=300 --listen-address=127.0.0.1'
  const own = [`--port=${port}`, `--addn-hosts=${hosts}`, `--user=${userName()}`]
  const command = [findProgram('dnsmasq') ?? 'dnsmasq', ...always.split(' '), ...zone.split(' '), ...own]
  stack.use(await Daemon.start({ command, ready: () => answersDns(place) }))
  return place
}

/** Whoever runs the bench: the hosts file is in a folder of theirs. */
function userName(): string {
  const uid = String(process.getuid?.() ?? 0)
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === uid)
  return line?.split(':')[0] ?? 'root'
}

/** A question for the root (RFC 1035 §4.1): whatever is answered, somebody is there. */
const ANY_QUESTION = Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1)
const ANSWER_MAX_MS = 200

function answersDns({ ip, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const settle = (answered: boolean): void => {
      clearTimeout(timer)
      socket.close()
      resolve(answered)
    }
    const timer = setTimeout(() => settle(false), ANSWER_MAX_MS)
    socket.once('error', () => settle(false))
    socket.once('message', () => settle(true))
    socket.connect(port, ip, () => socket.send(ANY_QUESTION))
  })
}
