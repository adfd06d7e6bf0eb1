// The other side of scp in its own protocol (`scp -O`): a machine that speaks it over one channel, rooted in a tree.

import { unescapePattern, hasWildcard } from '../shell/expand/pattern.ts'
import { globPaths } from '../shell/expand/paths.ts'
import type { Tree } from '../../../core/files.ts'
import type { LogOperation } from '../sftp/file-operation.ts'
import { expanded } from '../sftp/paths.ts'
import type { ServerChannel } from '../sftp/session.ts'
import type { ScpArguments } from './command.ts'
import { Conversation } from './conversation.ts'
import { Sink } from './sink.ts'
import { Source } from './source.ts'

export { parseScp, type ScpArguments } from './command.ts'

export interface ScpOptions {
  readonly tree: Tree
  /** Whose home `~` is: the root. */
  readonly user: string
  readonly log: LogOperation
  /** An invariant is broken; the channel closes. */
  broke(thrown: unknown): void
}

/** Paths out of one command. */
const PATHS_MAX = 10_000

/**
 * Runs the command that `parseScp` has read over the channel of its session, until it is done: then the exit status is told
 * and the channel ended. `stop` must be called once the channel or its connection is closed.
 */
export function serveScp(channel: ServerChannel, command: ScpArguments, options: ScpOptions): { stop(): void } {
  const talk = new Conversation(channel)
  channel.on('close', () => talk.stop())
  channel.on('error', () => talk.stop())
  void finish(channel, talk, run(talk, command, options), options)
  return talk
}

async function finish(
  channel: ServerChannel,
  talk: Conversation,
  running: Promise<void>,
  options: ScpOptions,
): Promise<void> {
  try {
    await running
    await talk.taken(true)
    if (!talk.stopped) channel.exit(talk.exitStatus)
  } catch (thrown) {
    options.broke(thrown)
  }
  channel.end()
}

async function run(talk: Conversation, command: ScpArguments, options: ScpOptions): Promise<void> {
  const paths = await expandPaths(command.paths, options)
  if (paths === undefined) return talk.complain('Argument list too long')
  if (command.side === 'source') return new Source(talk, { ...command, ...options }).run(paths)
  const [target] = paths
  if (target === undefined || paths.length > 1) return talk.complain('ambiguous target')
  return new Sink(talk, { ...command, ...options }).run(target)
}

/** As a shell would: patterns that match nothing stay as they are. */
async function expandPaths(patterns: readonly string[], options: ScpOptions): Promise<readonly string[] | undefined> {
  const paths: string[] = []
  for (const word of patterns) {
    const pattern = expanded(word, options.user) ?? word
    const found = hasWildcard(pattern)
      ? await globPaths(pattern, { tree: options.tree, cwd: '/', wordsMax: PATHS_MAX })
      : []
    if (found === undefined || paths.length + found.length > PATHS_MAX) return undefined
    if (found.length === 0) paths.push(unescapePattern(pattern))
    else paths.push(...found)
  }
  return paths
}
