// A thread for tests: swaps a folder of a tree for a link that leads out, and a file for another, as fast as it can.

import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const { root, outside }: { readonly root: string; readonly outside: string } = workerData
const at = (name: string): string => join(root, name)

/** Turns between two looks at the clock and the door. */
const TURNS = 200

function prepare(): void {
  mkdirSync(at('door'))
  writeFileSync(at('door/secret'), 'fine')
  symlinkSync(outside, at('link'))
  writeFileSync(at('file'), 'fine')
}

/** Somebody else may hold a name for a moment: then the next turn brings it back. */
function attempt(step: () => void): void {
  try {
    step()
  } catch {}
}

function turn(): void {
  attempt(() => renameSync(at('door'), at('aside')))
  attempt(() => renameSync(at('link'), at('door')))
  attempt(() => renameSync(at('door'), at('link')))
  attempt(() => renameSync(at('aside'), at('door')))
  attempt(() => unlinkSync(at('file')))
  attempt(() => symlinkSync(join(outside, 'secret'), at('file')))
  attempt(() => unlinkSync(at('file')))
  attempt(() => writeFileSync(at('file'), 'fine', { flag: 'wx' }))
  attempt(() => symlinkSync(join(outside, 'made'), at('new')))
  attempt(() => unlinkSync(at('new')))
}

prepare()
parentPort?.postMessage('ready')
for (;;) for (let i = 0; i < TURNS; i++) turn()
