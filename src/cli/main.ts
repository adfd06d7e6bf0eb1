#!/usr/bin/env node
// The command line: reads the words, then loads the one command that was asked for.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'portolan', 'compiled'))

const { inside } = process.argv[2] === '__inside' ? await import('./inside.ts') : { inside: undefined }
if (inside === undefined) {
  const { program } = await import('./program.ts')
  await program().parseAsync()
} else {
  await inside(process.argv[3] ?? '{}')
}
