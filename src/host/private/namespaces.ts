// The way into the private plane: one process image replaced by another inside new user, network and
// mount namespaces, made by unshare(1) without root.

import { spawnSync } from 'node:child_process'
import { findTool } from './tool.ts'

/** Makes the world's namespaces; the caller is root in them and nobody outside. */
export const UNSHARE_ARGS = ['--user', '--map-root-user', '--net', '--mount', '--propagation', 'private'] as const

/** What stood in the way of making namespaces, in the tool's own words. */
export interface Blocked {
  readonly missing?: string
  readonly words: string
}

/** Tries to make the namespaces once and throws them away. `undefined`: nothing is in the way. */
export function probeNamespaces(): Blocked | undefined {
  for (const tool of ['unshare', 'nsenter', 'ip', 'mount']) {
    if (findTool(tool) === undefined) return { missing: tool, words: `${tool} is not installed` }
  }
  const result = spawnSync(findTool('unshare') ?? 'unshare', [...UNSHARE_ARGS, findTool('true') ?? 'true'], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (result.status === 0) return undefined
  return { words: (result.stderr || result.error?.message || `unshare ended with code ${result.status}`).trim() }
}

/** Replaces this process by the same program inside new namespaces; pid, terminal and parent stay. Returns only by throwing. */
export function enterNamespaces(command: readonly string[]): never {
  const unshare = findTool('unshare') ?? 'unshare'
  const { execve } = process
  if (execve === undefined) throw new Error('this Node cannot replace its own process image')
  return execve.call(process, unshare, ['unshare', ...UNSHARE_ARGS, '--', ...command], process.env)
}
