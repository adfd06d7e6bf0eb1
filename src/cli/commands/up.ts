// portolan up: a world on loopback, its table, and a line for each thing that happens, until Ctrl-C.

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { API_VERSION, type Api, type WorldStatus } from '../../control/api.ts'
import { serveControl } from '../../control/server.ts'
import type { Event } from '../../core/event.ts'
import type { Flow } from '../../core/flow.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { FileSink } from '../../host/file-sink.ts'
import { makeWorldFolder, removeWorldFolder } from '../../host/runtime-folder.ts'
import type { AssembleOptions, Assembly } from '../../net/assemble.ts'
import { knownHostsAt } from '../../net/host-keys.ts'
import { isHostAt } from '../../net/far-end.ts'
import { assembleOnLoopback } from '../../net/host-world.ts'
import { clockCalls } from '../../net/clock/index.ts'
import type { Binding, Internet } from '../../net/internet.ts'
import { loopbackPlacement } from '../../net/loopback.ts'
import { mailCalls } from '../../net/mail/index.ts'
import { nameCalls } from '../../net/names/index.ts'
import type { World } from '../../net/world/index.ts'
import { services } from '../../services.ts'
import { EventLog } from '../event-log.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say, styled } from '../output.ts'
import { portStatus } from '../port-status.ts'
import { portTable } from '../port-table.ts'
import { reportText } from '../report.ts'
import { worldToRun } from '../world-file.ts'

export interface UpOptions {
  readonly world?: string
  readonly pcap?: string
  readonly state?: string
  readonly json?: boolean
}

type Begun = Pick<AssembleOptions, 'rsaHostKey'>

const AUTHORITY_FILE = 'authority.pem'
const KNOWN_HOSTS_FILE = 'known_hosts'
const WEB_PORT = 443

/** `begun`: what is being made of the world already. */
export async function up(options: UpOptions, begun: Begun): Promise<void> {
  const world = await worldToRun(options.world)
  const started = isFailure(world) ? world : await start(world, options, begun)
  if (!isFailure(started)) return
  complain(started.message)
  process.exit(EXIT.no)
}

async function start(asked: World, options: UpOptions, begun: Begun): Promise<Failure | undefined> {
  const folder = makeWorldFolder(process.getuid?.() ?? 0, asked.name)
  if (isFailure(folder)) return folder
  const failed = await startIn(folder, asked, options, begun)
  if (failed !== undefined) removeWorldFolder(folder)
  return failed
}

async function startIn(folder: string, asked: World, options: UpOptions, begun: Begun): Promise<Failure | undefined> {
  const sink = options.pcap === undefined ? undefined : FileSink.open(options.pcap)
  if (isFailure(sink)) return failure(sink.code, `the capture cannot be written: ${sink.message}`)
  const log = new EventLog(options.json === true)
  let standing = asked
  const assembly = await assembleOnLoopback({
    world: asked,
    services,
    placement: loopbackPlacement,
    ...begun,
    ...(options.state === undefined ? {} : { stateFolder: options.state }),
    ...(sink === undefined ? {} : { capture: sink.write }),
    overhear(flow, service, event) {
      if (options.json === true || !isAmongServers(standing, flow, event)) log.event(flow, service, event)
    },
  })
  if (isFailure(assembly)) return assembly
  log.wallMs = () => assembly.wallMs()
  standing = assembly.world
  const internet = await assembly.start()
  const files = writeFiles(folder, assembly, internet)
  const status = () => statusOf(options, assembly, internet, startedMs)
  const startedMs = Date.now()
  const control = await serveControl(folder, apiOf(assembly, status))
  if (isFailure(control)) return control
  holdUntilSignal(async () => {
    control.close()
    await internet.stop()
    sink?.close()
    removeWorldFolder(folder)
  })
  announce(await status(), { assembly, internet, files }, options.json === true)
  if (asked.catchAll)
    complain('on loopback, catch-all answers for names only; `portolan run` answers for every address and port')
  return undefined
}

/** How the world's own hosts find names: several steps for one that a program asked for. */
function isAmongServers(world: World, flow: Flow | undefined, event: Event): boolean {
  return event.kind === 'dns.query' && flow !== undefined && isHostAt(world, flow.from.ip)
}

function apiOf(assembly: Assembly, status: () => Promise<WorldStatus>): Api {
  return {
    ...mailCalls(assembly),
    ...clockCalls(assembly.clock, (worldMs) => assembly.state.hostClocks(worldMs)),
    ...nameCalls(assembly),
    status,
    report: (form) => reportText({ assembly, form, colour: false, refused: [] }),
    client: () => ({ refused: 'this world stands on loopback, where any program reaches it' }),
  }
}

async function statusOf(
  options: UpOptions,
  assembly: Assembly,
  internet: Internet,
  startedMs: number,
): Promise<WorldStatus> {
  return {
    version: API_VERSION,
    name: assembly.world.name,
    pid: process.pid,
    plane: 'host',
    ...(options.world === undefined ? {} : { file: resolve(options.world) }),
    startedMs,
    ports: await portStatus(internet.bindings),
    clients: [],
    flows: assembly.record.flows().length + assembly.record.dropped.flows,
  }
}

/** By which stock programs trust the world. */
interface TrustedFiles {
  readonly authority: string
  /** Left out where no host serves SSH. */
  readonly knownHosts?: string
}

function writeFiles(folder: string, assembly: Assembly, { bindings }: Internet): TrustedFiles {
  const authority = join(folder, AUTHORITY_FILE)
  writeFileSync(authority, assembly.authority.certificatePem)
  const lines = knownHostsAt(bindings, assembly.hostKeys)
  if (lines === '') return { authority }
  const knownHosts = join(folder, KNOWN_HOSTS_FILE)
  writeFileSync(knownHosts, lines)
  return { authority, knownHosts }
}

interface Up {
  readonly assembly: Assembly
  readonly internet: Internet
  readonly files: TrustedFiles
}

function announce(status: WorldStatus, { assembly, internet, files }: Up, json: boolean): void {
  if (json) return say(JSON.stringify({ ...status, ...files }))
  say(`${styled('bold', status.name)} is up on loopback, for this machine alone (pid ${status.pid})\n`)
  say(portTable(status.ports))
  say(`\nauthority  ${files.authority}`)
  const web = internet.bindings.find((binding) => binding.known.port === WEB_PORT && !isFailure(binding.bound))
  if (web !== undefined) say(`try        ${curlTo(web, files.authority)}`)
  const resolver = internet.bindings.find(({ service, transport }) => service === 'resolver' && transport === 'udp')
  if (resolver !== undefined && !isFailure(resolver.bound)) {
    say(`           dig @${resolver.bound.ip} -p ${resolver.bound.port} www.harbor.test`)
  }
  const shell = internet.bindings.find((binding) => binding.service === 'ssh' && !isFailure(binding.bound))
  if (shell !== undefined && files.knownHosts !== undefined) {
    const [user] = assembly.state.viewFor({ name: shell.host }).users
    say(`           ${sshTo(shell, files.knownHosts, user?.address.split('@')[0] ?? 'USER')}`)
  }
  say(`           bin/portolan run -- curl https://www.harbor.test/\n\nCtrl-C ends it.`)
}

function curlTo(web: Binding, authorityPath: string): string {
  const { bound, host } = web
  const place = isFailure(bound) ? '' : `${bound.ip}:${bound.port}`
  return `curl --cacert ${authorityPath} --connect-to ::${place} https://${host}/`
}

function sshTo({ bound }: Binding, knownHosts: string, user: string): string {
  const [ip, port] = isFailure(bound) ? ['', 0] : [bound.ip, bound.port]
  return `ssh -o UserKnownHostsFile=${knownHosts} -p ${port} ${user}@${ip}`
}

function holdUntilSignal(stop: () => Promise<void>): void {
  let stopping = false
  const end = (): void => {
    if (stopping) process.exit(EXIT.no)
    stopping = true
    void stop().then(() => process.exit(EXIT.ok))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}
