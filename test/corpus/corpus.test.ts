// Every input that ever broke something, once more; and a short run of each target, so that the fuzzer itself stays whole.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import { targets } from '../../fuzz/targets.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
/** Inputs of the short run. */
const ROUNDS = 100
const findings = globSync('*/*.hex', { cwd: FOLDER }).toSorted()

test('every finding belongs to a target', () => {
  const names = new Set(targets.map(({ name }) => name))
  assert.deepEqual(
    findings.filter((file) => !names.has(dirname(file))),
    [],
  )
})

for (const target of targets) {
  describe(target.name, () => {
    for (const file of findings.filter((file) => dirname(file) === target.name)) {
      test(basename(file, '.hex'), async (t) => {
        const run = await target.start(1)
        t.after(() => run.stop?.())
        await run.attempt(bytesOf(join(FOLDER, file)))
      })
    }

    test(`${ROUNDS} inputs`, async (t) => {
      const run = await target.start(1)
      t.after(() => run.stop?.())
      for (let round = 0; round < ROUNDS; round++) await run.attempt(run.next())
    })
  })
}

/** Hexadecimal in lines; what follows a # is for people. */
function bytesOf(file: string): Uint8Array {
  const digits = readFileSync(file, 'utf8').replaceAll(/#.*|\s/g, '')
  return Buffer.from(digits, 'hex')
}
