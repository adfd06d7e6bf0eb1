#!/usr/bin/env node
// The command line: loads the one part that was asked for.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'portolan', 'compiled'))

// What moves files makes gigabytes of buffers and hardly any objects: V8 would mark the whole heap anew after each 50 MB of
// them, which costs more than moving the bytes. With this, buffers count together with the heap.
setFlagsFromString('--external-memory-accounted-in-global-limit')

if (process.argv[2] === '__inside') {
  const { inside } = await import('./inside.ts')
  await inside(process.argv[3] ?? '{}')
} else {
  const { program } = await import('./program.ts')
  await program().parseAsync()
}
