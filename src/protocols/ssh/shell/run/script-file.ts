// Scripts that stand in the tree.

import { isFailure } from '../../../../core/failure.ts'
import { pathText } from '../../../../wire/path-text.ts'
import type { Shell } from './shell.ts'

/** Bytes of a script in the tree. */
const FILE_MAX_BYTES = 128 << 10

/** The text of a shell script; undefined if it is none, or too long. */
export async function readScript(shell: Shell, path: string): Promise<string | undefined> {
  const file = await shell.tree.open(path)
  if (isFailure(file)) return undefined
  const bytes = file.stat.size > FILE_MAX_BYTES ? undefined : await file.read(0, FILE_MAX_BYTES)
  await file.close()
  if (bytes === undefined || bytes.subarray(0, 512).includes(0)) return undefined
  const text = pathText(bytes)
  const [, interpreter] = /^#! *(\S+)/.exec(text) ?? []
  return interpreter === undefined || /\/(?:sh|dash|bash|env)$/.test(interpreter) ? text : undefined
}
