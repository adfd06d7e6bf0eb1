// The checkout's way into the command line. Plain JavaScript, so that the compile cache is on before the
// first TypeScript file is read: without it, each start would load the type stripper anew.
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'portolan', 'compiled'))
await import('../src/cli/main.ts')
