// From the options of `startWorld` to a world that runs: read, checked whole, placed, bound.

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Event } from '../core/event.ts'
import { failureFrom, isConfigError, isFailure, type Failure } from '../core/failure.ts'
import type { TreeOptions } from '../core/files.ts'
import type { Flow } from '../core/flow.ts'
import type { Service } from '../core/service.ts'
import { FileSink } from '../host/file-sink.ts'
import { assemble, type Assembly } from '../net/assemble.ts'
import { assembleOnLoopback, type HostWorldOptions } from '../net/host-world.ts'
import { withImpliedHosts } from '../net/implied-hosts.ts'
import type { Binding } from '../net/internet.ts'
import { exactPlacement, freePlacement } from '../net/loopback.ts'
import { defaultWorld, formatWorldProblems, loadWorld, resolveWorld, type World } from '../net/world/index.ts'
import { foldersIn, openWorldFolder } from '../net/world-folder.ts'
import { services as builtIn } from '../services.ts'
import { EventFeed } from './event-feed.ts'
import { RunningWorld } from './running-world.ts'
import type { WorldOptions } from './world-options.ts'
import { WorldError } from './world-error.ts'

export async function openWorld(options: WorldOptions): Promise<RunningWorld> {
  const services = servicesOf(options)
  const world = withImpliedHosts(await readWorld(options, services), services)
  const sink = captureOf(options)
  const feed = new EventFeed()
  const assembly = await assemblyOf(options, world, services, feed, sink)
  if (isFailure(assembly)) throw WorldError.of(assembly.message)
  const internet = await assembly.start()
  const stop = async () => {
    await internet.stop()
    sink?.close()
  }
  const unbound = internet.bindings.flatMap(problemOf)
  if (unbound.length === 0) return new RunningWorld({ assembly, bindings: internet.bindings, feed, stop })
  await stop()
  throw new WorldError(unbound)
}

function servicesOf({ services: own = [] }: WorldOptions): readonly Service[] {
  const names = new Set(own.map((service) => service.name))
  return [...own, ...builtIn.filter((service) => !names.has(service.name))]
}

async function readWorld(options: WorldOptions, services: readonly Service[]): Promise<World> {
  const { file, world: data, folder = process.cwd() } = options
  if (file !== undefined && data !== undefined)
    throw WorldError.of('a world comes from `file` or from `world`, not both')
  if (file !== undefined) return readFileWorld(file, services)
  if (data === undefined) return defaultWorld(services)
  const world = resolveWorld(data, { services, folder: resolve(folder), folderExists: foldersIn(resolve(folder)) })
  if (isConfigError(world)) throw new WorldError(world.problems)
  return world
}

async function readFileWorld(path: string, services: readonly Service[]): Promise<World> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => failureFrom(thrown))
  if (typeof text !== 'string') throw WorldError.of(`the world file cannot be read: ${text.message}`)
  const world = await loadWorld(text, { path, services, folderExists: foldersIn(dirname(path)) })
  if (isConfigError(world)) throw new WorldError(world.problems, formatWorldProblems(world))
  return world
}

function captureOf({ capture }: WorldOptions): FileSink | undefined {
  const sink = capture === undefined ? undefined : FileSink.open(capture)
  if (isFailure(sink)) throw WorldError.of(`the capture cannot be written: ${sink.message}`)
  return sink
}

async function assemblyOf(
  options: WorldOptions,
  world: World,
  services: readonly Service[],
  feed: EventFeed,
  sink: FileSink | undefined,
): Promise<Assembly | Failure> {
  const { plane, stateFolder } = options
  let wallMs: () => number = Date.now
  const settings = {
    world,
    services,
    overhear: (flow: Flow | undefined, service: string, event: Event) => {
      if (feed.heard) feed.happened({ ...event, atMs: wallMs(), service, flowId: flow?.id })
    },
    ...(stateFolder === undefined ? {} : { stateFolder }),
    ...(sink === undefined ? {} : { capture: sink.write }),
  }
  const assembly = await assembledOn(plane, world, settings)
  if (!isFailure(assembly)) wallMs = () => assembly.wallMs()
  return assembly
}

function assembledOn(
  plane: WorldOptions['plane'],
  world: World,
  settings: Omit<HostWorldOptions, 'placement'>,
): Promise<Assembly | Failure> {
  if (plane === undefined) return assembleOnLoopback({ ...settings, placement: freePlacement() })
  const folder = (path: string, wanted?: TreeOptions) => openWorldFolder(world, path, wanted)
  return assemble({ ...settings, plane, placement: exactPlacement, folder })
}

function problemOf({ host, service, known, bound }: Binding) {
  if (!isFailure(bound)) return []
  return [{ path: ['hosts', host], message: `${service} cannot have port ${known.port}: ${bound.message}` }]
}
