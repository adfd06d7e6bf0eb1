import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure } from '../core/failure.ts'
import { Groups, type Committing } from './groups.ts'
import { Hearers } from './hearers.ts'
import { codeOf } from './sample-post.ts'

/** Groups that end when the test says so. */
function onSlowDisk() {
  const ends: Parameters<Committing['sync']>[0][] = []
  const database: Committing = {
    inTransaction: false,
    open: () => undefined,
    run: () => {},
    sync: (done) => void ends.push(done),
  }
  const groups = new Groups(database, (run) => run())
  const hearers = new Hearers<string>(groups)
  const change = (what: string) => groups.ask((group) => hearers.later(group, what))
  return { groups, hearers, change, end: (failed?: Parameters<(typeof ends)[0]>[0]) => ends.shift()?.(failed) }
}

test('who begins to listen on the way to the disk has seen it, and hears the next', () => {
  const { hearers, change, end } = onSlowDisk()
  const early: string[] = []
  const late: string[] = []
  hearers.add((what) => early.push(what))
  void change('first')
  hearers.add((what) => late.push(what))
  assert.deepEqual(early, [])
  end()
  void change('second')
  end()
  assert.deepEqual([early, late], [['first', 'second'], ['second']])
})

test('who listens from within hears the next', () => {
  const { hearers, change, end } = onSlowDisk()
  const heard: string[] = []
  const stop = hearers.add(() => {
    stop()
    hearers.add((what) => heard.push(what))
  })
  void change('first')
  end()
  void change('second')
  end()
  assert.deepEqual(heard, ['second'])
})

test('what a disk failed to keep but the database has is told all the same', async () => {
  const { hearers, change, end } = onSlowDisk()
  const heard: string[] = []
  hearers.add((what) => heard.push(what))
  const asked = change('first')
  end(failure('EIO', 'the disk failed'))
  assert.equal(codeOf(await asked), 'EIO')
  assert.deepEqual(heard, ['first'])
})
