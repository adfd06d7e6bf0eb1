// Two network namespaces joined by a veth pair, made without root, for tests of the world's side of the
// private plane. Every address is local on the world's side, as `run` makes it.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

const WORLD_INTERFACE = 'c1'
export const CLIENT_IPV4 = '203.0.113.10'
export const CLIENT_IPV6 = '2001:db8::10'
export const GATEWAY_IPV4 = '169.254.77.1'
export const GATEWAY_IPV6 = 'fe80::1'
const CLIENT_INTERFACE = 'eth0'
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
/** A test that hangs is broken: far more than any of them takes. */
const TEST_MAX_MS = 60_000

/** Why tests in namespaces cannot run here; undefined when they can. */
export function missing(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  for (const tool of ['unshare', 'nsenter', 'ip', 'nft']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`], { env: { PATH } }).status !== 0) return `needs ${tool}`
  }
  const made = spawnSync('unshare', ['-Urnm', 'true'], { encoding: 'utf8', env: { PATH } })
  return made.status === 0 ? undefined : `needs user namespaces: ${made.stderr.trim()}`
}

/** Runs a program of this folder as the world's side of new namespaces; what it printed last, as JSON. */
export function runAsWorld(program: string): unknown {
  const result = spawnSync('unshare', ['-Urnm', process.execPath, program], {
    encoding: 'utf8',
    env: { ...process.env, PATH, NODE_OPTIONS: '' },
    timeout: TEST_MAX_MS,
  })
  if (result.status !== 0) throw new Error(`${program} failed: ${result.stderr}`)
  return JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '')
}

export interface Namespaces {
  /** Runs JavaScript (a module) as the client; resolves with what it printed. */
  client(script: string): Promise<string>
  close(): void
}

/** For the world's programs: makes the client's namespace and joins it. `addresses` are the world's hosts'. */
export async function joinClient(addresses: readonly string[] = []): Promise<Namespaces> {
  const holder = spawn('unshare', ['-n', 'sh', '-c', 'echo up; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  ip([], ...worldLines(holder.pid ?? 0), ...addresses.map((address) => `addr add ${address} dev lo`))
  ip(['-6'], 'route add local ::/0 dev lo table 100', 'rule add priority 40000 lookup 100')
  enter(holder.pid ?? 0, 'ip', ['-batch', '-'], clientLines().join('\n'))
  return {
    client: (script) => runNode(holder.pid ?? 0, script),
    close: () => void holder.kill('SIGKILL'),
  }
}

export function nft(script: string): void {
  execFileSync('nft', ['-f', '-'], { input: script, stdio: ['pipe', 'inherit', 'inherit'] })
}

export function nftOutput(args: readonly string[]): string {
  return execFileSync('nft', [...args], { encoding: 'utf8' })
}

function worldLines(client: number): string[] {
  return [
    'link set lo up',
    `addr add ${GATEWAY_IPV4}/32 dev lo`,
    `route add local 0.0.0.0/0 dev lo src ${GATEWAY_IPV4}`,
    `link add ${WORLD_INTERFACE} type veth peer name ${CLIENT_INTERFACE} netns ${client}`,
    `addr add ${GATEWAY_IPV6}/64 dev ${WORLD_INTERFACE} nodad`,
    `link set ${WORLD_INTERFACE} up`,
    `route add ${CLIENT_IPV4}/32 dev ${WORLD_INTERFACE} src ${GATEWAY_IPV4}`,
    `route add ${CLIENT_IPV6}/128 dev ${WORLD_INTERFACE}`,
  ]
}

function clientLines(): string[] {
  return [
    'link set lo up',
    `link set ${CLIENT_INTERFACE} up`,
    `addr add ${CLIENT_IPV4}/32 dev ${CLIENT_INTERFACE}`,
    `addr add ${CLIENT_IPV6}/128 dev ${CLIENT_INTERFACE} nodad`,
    `route add ${GATEWAY_IPV4} dev ${CLIENT_INTERFACE}`,
    `route add 0.0.0.0/0 via ${GATEWAY_IPV4} dev ${CLIENT_INTERFACE}`,
    `route add ::/0 via ${GATEWAY_IPV6} dev ${CLIENT_INTERFACE}`,
  ]
}

function ip(flags: readonly string[], ...lines: readonly string[]): void {
  execFileSync('ip', [...flags, '-batch', '-'], { input: lines.join('\n') })
}

function enter(pid: number, tool: string, args: readonly string[], input: string): void {
  execFileSync('nsenter', ['-t', String(pid), '-n', tool, ...args], { input })
}

async function runNode(pid: number, script: string): Promise<string> {
  const args = ['-t', String(pid), '-n', process.execPath, '--input-type=module', '-e', script]
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return Buffer.concat(chunks).toString()
}
