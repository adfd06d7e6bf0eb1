// An SSH server for one host: its ports, and what their connections share.

import {
  isFailure,
  type Failure,
  type Io,
  type NameResolver,
  type Running,
  type StreamListen,
  type Tree,
  type UserView,
  type WorldView,
} from '../../core/index.ts'
import type { TargetWorld } from './forwarding/targets.ts'
import type { SshLimits } from './limits.ts'
import { Accounts } from './login/accounts.ts'
import { SshConnection } from './server/connection.ts'
import type { Ready, SshContext } from './server/context.ts'
import { Startups } from './server/startups.ts'
import { SessionLog } from './session-log.ts'
import { ScriptedCommands, type ScriptedAnswer } from './sessions/scripted-commands.ts'
import { engineHostKeys, loadLibrary } from './transport/library.ts'
import { serverOffer } from './transport/offer.ts'

export interface SshServerOptions {
  readonly world: WorldView
  readonly ports: readonly number[]
  readonly limits: SshLimits
  /** What the server calls itself, behind `SSH-2.0-`. */
  readonly software: string
  /** Shown before the login (RFC 4252 §5.4). */
  readonly banner?: string | undefined
  readonly forwarding: boolean
  readonly sftp: boolean
  /** Real programs run in place of the scripted shell. */
  readonly realPrograms: boolean
  readonly commands: Readonly<Record<string, ScriptedAnswer>>
  place(user: UserView): Tree | Failure
  /** All users have the same files: keys in them would open every account. */
  readonly isPlaceShared: boolean
}

/** `io`: the service's own. */
export function startSsh(io: Io, options: SshServerOptions): Running {
  const { world, limits, ports } = options
  const log = new SessionLog(io)
  const filesOf = (user: UserView): Tree | undefined => {
    const place = options.isPlaceShared ? undefined : options.place(user)
    return place === undefined || isFailure(place) ? undefined : place
  }
  const context: SshContext = {
    host: world.host,
    targets: targetsOf(io, world),
    accounts: new Accounts(world, limits, filesOf),
    startups: new Startups(limits.startups, limits.peerMax),
    limits,
    log,
    software: options.software,
    banner: options.banner,
    forwarding: options.forwarding,
    sftp: options.sftp,
    commands: new ScriptedCommands(options.commands),
    programs: options.realPrograms ? world.programs : undefined,
    place: options.place,
    ready: once(() => readyFor(world)),
  }
  const listenOn = (port: number): StreamListen => ({
    transport: 'tcp',
    port,
    accept: (stream) => new SshConnection(stream, context),
  })
  return { listens: ports.map(listenOn), woke: (timer) => log.woke(timer) }
}

async function readyFor(world: WorldView): Promise<Ready> {
  const library = await loadLibrary()
  const hostKeys = engineHostKeys(library, world.hostKeys)
  return { library, hostKeys, offer: library.newOffer(serverOffer(Object.keys(hostKeys))) }
}

function targetsOf(io: Io, world: WorldView): TargetWorld {
  return {
    hosts: world.hosts,
    nameOf: (ip) => world.nameOf(ip),
    unknownName: (name) => world.unknownName(name),
    resolver: sharedResolver(io, world),
  }
}

/** One resolver for all who ask, opened when the first does. */
function sharedResolver(io: Io, world: WorldView): (then: (result: NameResolver | Failure) => void) => void {
  let opened: NameResolver | undefined
  return (then) => {
    if (opened !== undefined) return then(opened)
    world.openResolver(io, (result) => {
      if (!isFailure(result)) opened = result
      then(result)
    })
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
