// portolan up: a world on loopback, its table, and a line for each thing that happens, until Ctrl-C.

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { API_VERSION, type Api, type WorldStatus } from '../../control/api.ts'
import { serveControl } from '../../control/server.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { FileSink } from '../../host/file-sink.ts'
import { makeWorldFolder, removeWorldFolder } from '../../host/runtime-folder.ts'
import type { Assembly } from '../../net/assemble.ts'
import { assembleOnLoopback } from '../../net/host-world.ts'
import type { Binding, Internet } from '../../net/internet.ts'
import { loopbackPlacement } from '../../net/loopback.ts'
import { mailCalls } from '../../net/mail/index.ts'
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

const AUTHORITY_FILE = 'authority.pem'
const WEB_PORT = 443

export async function up(options: UpOptions): Promise<void> {
  const world = await worldToRun(options.world)
  const started = isFailure(world) ? world : await start(world, options)
  if (!isFailure(started)) return
  complain(started.message)
  process.exit(EXIT.no)
}

async function start(asked: World, options: UpOptions): Promise<Failure | undefined> {
  const folder = makeWorldFolder(process.getuid?.() ?? 0, asked.name)
  if (isFailure(folder)) return folder
  const failed = await startIn(folder, asked, options)
  if (failed !== undefined) removeWorldFolder(folder)
  return failed
}

async function startIn(folder: string, asked: World, options: UpOptions): Promise<Failure | undefined> {
  const sink = options.pcap === undefined ? undefined : FileSink.open(options.pcap)
  if (isFailure(sink)) return failure(sink.code, `the capture cannot be written: ${sink.message}`)
  const log = new EventLog(options.json === true)
  const assembly = await assembleOnLoopback({
    world: asked,
    services,
    placement: loopbackPlacement,
    ...(options.state === undefined ? {} : { stateFolder: options.state }),
    ...(sink === undefined ? {} : { capture: sink.write }),
    overhear: (flow, service, event) => log.event(flow, service, event),
  })
  if (isFailure(assembly)) return assembly
  const internet = await assembly.start()
  const authorityPath = join(folder, AUTHORITY_FILE)
  writeFileSync(authorityPath, assembly.authority.certificatePem)
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
  announce(await status(), internet, authorityPath, options.json === true)
  if (asked.catchAll)
    complain('on loopback, catch-all answers for names only; `portolan run` answers for every address and port')
  return undefined
}

function apiOf(assembly: Assembly, status: () => Promise<WorldStatus>): Api {
  return {
    ...mailCalls(assembly),
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

function announce(status: WorldStatus, internet: Internet, authorityPath: string, json: boolean): void {
  if (json) return say(JSON.stringify({ ...status, authority: authorityPath }))
  say(`${styled('bold', status.name)} is up on loopback, for this machine alone (pid ${status.pid})\n`)
  say(portTable(status.ports))
  say(`\nauthority  ${authorityPath}`)
  const web = internet.bindings.find((binding) => binding.known.port === WEB_PORT && !isFailure(binding.bound))
  if (web !== undefined) say(`try        ${curlTo(web, authorityPath)}`)
  say(`           bin/portolan run -- curl https://www.harbor.test/\n\nCtrl-C ends it.`)
}

function curlTo(web: Binding, authorityPath: string): string {
  const { bound, host } = web
  const place = isFailure(bound) ? '' : `${bound.ip}:${bound.port}`
  return `curl --cacert ${authorityPath} --connect-to ::${place} https://${host}/`
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
