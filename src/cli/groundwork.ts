// What a private world can begin before it knows anything of its file: the network around it, the namespaces of its first
// program, and what takes long to make of its keys. Imports little, so that both are under way while the rest loads.

import { join } from 'node:path'
import { isFailure, type Failure } from '../core/failure.ts'
import { beginClient, type ClientToBe } from '../host/private/client-side.ts'
import { findTool } from '../host/private/tool.ts'
import { setUpWorldSide } from '../host/private/world-side.ts'
import { makeWorldFolder } from '../host/runtime-folder.ts'
import { beginHostKey } from '../net/rsa-host-key.ts'
import { makeClientEnvironment } from './client-environment.ts'
import type { InsideSettings } from './inside-settings.ts'

export interface Groundwork {
  readonly folder: string
  readonly nft: boolean
  /** The world's end of the network, once it stands. */
  readonly side: Promise<string | Failure>
  readonly program: ClientToBe
  /** On its way where a host is known to need it: the default world's. */
  readonly rsaHostKey?: Promise<string>
}

export function layGroundwork(settings: InsideSettings): Groundwork | Failure {
  const { command, uid, gid } = settings
  const folder = makeWorldFolder(uid, 'run')
  if (isFailure(folder)) return folder
  const nft = findTool('nft') !== undefined
  const side = setUpWorldSide(nft)
  const environment = makeClientEnvironment(folder)
  const program = beginClient({ command, environment, folder: join(folder, 'client-1'), uid, gid })
  if (isFailure(program)) return program
  return { folder, nft, side, program, ...beginHostKey(settings) }
}
