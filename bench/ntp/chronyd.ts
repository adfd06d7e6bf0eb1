// chronyd, which never touches the clock of this machine, and leaves nothing outside of a folder.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../peer.ts'

/** A folder with chrony.conf(5), and the command that runs it in the foreground as whoever it is that runs it. */
export function chronydIn(folder: string, user: string, lines: readonly string[]): readonly string[] {
  mkdirSync(folder, { mode: 0o700 })
  const own = ['cmdport 0', 'bindcmdaddress /', `pidfile ${folder}/pid`, `user ${user}`]
  const config = join(folder, 'conf')
  writeFileSync(config, `${[...lines, ...own].join('\n')}\n`)
  return [findProgram('chronyd') ?? 'chronyd', '-x', '-U', '-d', '-f', config]
}
