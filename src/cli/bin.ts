#!/usr/bin/env node
// The published command: says which Node it needs where that one is missing, which main.ts could not, and goes on there.

const REQUIRED_MAJOR = 24

if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  process.stderr.write(`portolan: needs Node ${REQUIRED_MAJOR} or later; this is ${process.version}\n`)
  process.exit(1)
}
await import('./main.ts')
