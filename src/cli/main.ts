#!/usr/bin/env node
// The command line: loads the one part that was asked for.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'portolan', 'compiled'))

if (process.argv[2] === '__inside') {
  const { inside } = await import('./inside.ts')
  await inside(process.argv[3] ?? '{}')
} else {
  const { program } = await import('./program.ts')
  await program().parseAsync()
}
