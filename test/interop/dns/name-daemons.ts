// named and nsd on loopback ports of a test's own, with configurations of its own; and waiting for what they come to.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { relayTo } from './address-relay.ts'

/** Far more than loopback needs: what has not come by then does not come. */
const WAIT_MS = 10_000
const LOOK_MS = 20
const DYNAMIC_FROM = 49_152
const DYNAMIC_TO = 65_535

export const SECRET = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

export interface Daemon {
  readonly folder: string
  log(): string
  /** It reads its zone files again. */
  reload(): void
  stop(): Promise<void>
}

export function freePort(): number {
  return randomInt(DYNAMIC_FROM, DYNAMIC_TO)
}

/** Which of these programs this machine lacks; false: none. */
export function skipWithoutDaemons(...programs: readonly string[]): string | false {
  const paths = (process.env['PATH'] ?? '').split(':').concat('/usr/sbin', '/usr/bin')
  const gone = programs.filter((program) => !paths.some((path) => existsSync(join(path, program))))
  if (gone.length > 0 && process.env['CI'] !== undefined) assert.fail(`${gone.join(', ')} not found`)
  return gone.length > 0 && `${gone.join(', ')} not found`
}

/** `files` by name, written into a folder of its own; `words` are given that folder. */
async function startDaemon(
  test: TestContext,
  program: string,
  words: (folder: string) => readonly string[],
  files: (folder: string) => Readonly<Record<string, string>>,
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-names-'))
  for (const [name, text] of Object.entries(files(folder))) writeFileSync(join(folder, name), text)
  const child = spawn(program, words(folder), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (log += bytes.toString()))
  const over = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await over
    rmSync(folder, { recursive: true, force: true })
  }
  test.after(stop)
  return { folder, stop, log: () => log, reload: () => void child.kill('SIGHUP') }
}

/** `zones`: zone statements. `zoneFiles` by name. */
export async function startNamed(
  test: TestContext,
  { ip, port }: { readonly ip: string; readonly port: number },
  zones: string,
  zoneFiles: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  await relayTo(test, ip, port)
  const conf = (folder: string): string => `
    key xfr { algorithm hmac-sha256; secret "${SECRET}"; };
    options { directory "${folder}"; pid-file none; lock-file none; session-keyfile none; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
      recursion no; dnssec-validation no; notify no; notify-delay 0; transfer-source ${ip}; notify-source ${ip}; allow-transfer { none; };
      allow-notify { 127.0.0.1; };
      serial-query-rate 1000; notify-rate 1000; startup-notify-rate 1000; masterfile-format text; };
    controls { };
    ${zones}`
  const files = (folder: string) => ({ 'named.conf': conf(folder), ...zoneFiles })
  return startDaemon(test, '/usr/sbin/named', (folder) => ['-g', '-c', join(folder, 'named.conf')], files)
}

export function startNsd(
  test: TestContext,
  { ip, port }: { readonly ip: string; readonly port: number },
  zones: string,
  zoneFiles: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  const conf = (folder: string): string => `
server:
  ip-address: ${ip}@${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  pidfile: ""
  zonelistfile: "${folder}/zone.list"
  xfrdfile: ""
  xfrdir: "${folder}"
  database: ""
  xfrd-reload-timeout: 0
  verbosity: 2
remote-control:
  control-enable: no
key:
  name: "xfr"
  algorithm: hmac-sha256
  secret: "${SECRET}"
${zones}`
  const files = (folder: string) => ({ 'nsd.conf': conf(folder), ...zoneFiles })
  return startDaemon(test, '/usr/sbin/nsd', (folder) => ['-d', '-c', join(folder, 'nsd.conf')], files)
}

/** What a program prints; its exit code does not count. */
export function output(program: string, words: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, [...words], { timeout: WAIT_MS }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

export function dig(
  { ip, port }: { readonly ip: string; readonly port: number },
  ...words: readonly string[]
): Promise<string> {
  return output('dig', [`@${ip}`, '-p', String(port), '+time=2', '+tries=1', ...words])
}

/** Looks again and again until `look` gives what matches. */
export async function until(what: string, look: () => Promise<string> | string, wanted: RegExp): Promise<string> {
  const end = performance.now() + WAIT_MS
  for (;;) {
    const seen = await look()
    if (wanted.test(seen)) return seen
    if (performance.now() > end) assert.fail(`${what}: still\n${seen}`)
    await later(LOOK_MS)
  }
}
