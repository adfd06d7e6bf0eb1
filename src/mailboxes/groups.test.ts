import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import { Groups, type Committing } from './groups.ts'
import { LogSync } from './log-sync.ts'

/** A database that writes down its statements and is on the disk when the test says so. */
function slowDisk() {
  const statements: string[] = []
  const syncs: ((failed: Failure | undefined) => void)[] = []
  const database: Committing = {
    inTransaction: false,
    open: () => undefined,
    run: (sql) => void statements.push(sql),
    sync: (done) => void syncs.push(done),
  }
  const soon: (() => void)[] = []
  const groups = new Groups(database, (run) => void soon.push(run))
  return { statements, syncs, groups, turn: () => soon.splice(0).forEach((run) => run()) }
}

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(resolve, 'waiting'))])
}

test('nobody is told before the disk has it', async () => {
  const { groups, syncs, turn } = slowDisk()
  let told = false
  const asked = groups.ask((group) => {
    group.after(() => (told = true))
    return 'done'
  })
  turn()
  assert.equal(await settled(asked), 'waiting')
  assert.equal(told, false)
  syncs[0]?.(undefined)
  assert.equal(await asked, 'done')
  assert.equal(told, true)
})

test('what is asked for on the way to the disk becomes one group', async () => {
  const { groups, statements, syncs, turn } = slowDisk()
  const first = groups.ask(() => 1)
  turn()
  const others = [groups.ask(() => 2), groups.ask(() => 3)]
  turn()
  assert.deepEqual(statements, ['BEGIN IMMEDIATE', 'COMMIT'])
  syncs[0]?.(undefined)
  assert.deepEqual(statements, ['BEGIN IMMEDIATE', 'COMMIT', 'BEGIN IMMEDIATE', 'COMMIT'])
  syncs[1]?.(undefined)
  assert.deepEqual(await Promise.all([first, ...others]), [1, 2, 3])
})

test('a disk that fails fails the group, and the next one is tried', async () => {
  const { groups, syncs, turn } = slowDisk()
  const asked = groups.ask(() => 1)
  turn()
  syncs[0]?.(failure('EIO', 'the disk failed'))
  const result = await asked
  assert.ok(isFailure(result) && result.code === 'EIO')
  const next = groups.ask(() => 2)
  turn()
  syncs[1]?.(undefined)
  assert.equal(await next, 2)
})

test('drained waits for the disk and for what is asked for meanwhile', async () => {
  const { groups, syncs } = slowDisk()
  const asked = groups.ask(() => 1)
  const drained = groups.drained()
  const late = groups.ask(() => 2)
  assert.equal(await settled(drained), 'waiting')
  syncs[0]?.(undefined)
  assert.equal(await settled(drained), 'waiting')
  syncs[1]?.(undefined)
  await drained
  assert.deepEqual([await asked, await late], [1, 2])
})

test('a log that is not there is a failure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-log-'))
  const log = new LogSync(join(folder, 'mail.sqlite'))
  const failed = await new Promise<Failure | undefined>((resolve) => log.sync(resolve))
  assert.equal(failed?.code, 'ENOENT')
  rmSync(folder, { recursive: true })
})
