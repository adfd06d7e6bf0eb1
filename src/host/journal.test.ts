// Journals on a disk: what was acknowledged is read again, what was cut is not, what is damaged is said to be.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isFailure, type Failure } from '../core/failure.ts'
import { openJournal } from './journal.ts'

/** Longer than what comes in its place. */
const LAST = 'two and some more that a kill may cut'
const bytes = (text: string): Uint8Array => Buffer.from(text)

function freshPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-journal-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'zones', 'harbor.test')
}

function texts(read: readonly Uint8Array[] | Failure): string[] | string {
  return isFailure(read) ? read.code : read.map((entry) => Buffer.from(entry).toString())
}

function readAgain(path: string): string[] | string {
  return texts(openJournal(path).read())
}

async function written(t: TestContext): Promise<string> {
  const path = freshPath(t)
  const journal = openJournal(path)
  assert.deepEqual(journal.read(), [])
  assert.equal(await journal.append([bytes('one'), bytes('')]), undefined)
  assert.equal(await journal.append([bytes(LAST)]), undefined)
  await journal.close()
  return path
}

test('entries are read in the order in which they came', async (t) => {
  const path = await written(t)
  assert.deepEqual(readAgain(path), ['one', '', LAST])
})

test('appends that are asked for at once follow one another', async (t) => {
  const path = freshPath(t)
  const journal = openJournal(path)
  const words = ['a', 'b', 'c', 'd']
  await Promise.all(words.map((word) => journal.append([bytes(word)])))
  assert.deepEqual(readAgain(path), words)
})

test('cut at any octet, whole frames are left, and what comes next stands behind them', async (t) => {
  const path = await written(t)
  const whole = readFileSync(path)
  const frame = whole.length - LAST.length - 12
  for (let size = 0; size < whole.length; size += 1) {
    writeFileSync(path, whole.subarray(0, size))
    const left = size < frame ? [] : ['one', '']
    assert.deepEqual(readAgain(path), left, `cut at ${size}`)
    const journal = openJournal(path)
    journal.read()
    for (const word of ['x', 'y']) assert.equal(await journal.append([bytes(word)]), undefined)
    await journal.close()
    assert.deepEqual(readAgain(path), [...left, 'x', 'y'], `cut at ${size}`)
  }
})

test('zeros behind the last frame are what a file system leaves of one', async (t) => {
  const path = await written(t)
  appendFileSync(path, Buffer.alloc(100))
  assert.deepEqual(readAgain(path), ['one', '', LAST])
})

test('a flipped bit in the last frame cuts it, one further in front is damage', async (t) => {
  const path = await written(t)
  const whole = readFileSync(path)
  const frame = whole.length - LAST.length - 12
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = Buffer.from(whole)
    flipped[at]! ^= 4
    writeFileSync(path, flipped)
    const read = readAgain(path)
    if (at >= frame + 4) assert.deepEqual(read, ['one', ''], `octet ${at}`)
    else assert.notDeepEqual(read, ['one', '', LAST], `octet ${at}`)
    if (at < frame && at > 26) assert.equal(read, 'ECORRUPT', `octet ${at}`)
  }
})

test('a file of another program is left alone', async (t) => {
  const path = await written(t)
  writeFileSync(path, 'something that somebody else has written')
  assert.equal(readAgain(path), 'ECORRUPT')
  const failed = await openJournal(path).append([bytes('x')])
  assert.equal(failed?.code, 'ECORRUPT')
  assert.equal(readFileSync(path, 'utf8'), 'something that somebody else has written')
})

test('rewriting leaves the new entries alone, and appending goes on behind them', async (t) => {
  const path = await written(t)
  const journal = openJournal(path)
  journal.read()
  assert.equal(await journal.rewrite([bytes('all')]), undefined)
  assert.deepEqual(readAgain(path), ['all'])
  assert.equal(await journal.append([bytes('more')]), undefined)
  assert.deepEqual(readAgain(path), ['all', 'more'])
})

test('who finds that another process writes does not', async (t) => {
  const path = await written(t)
  const [one, other] = [openJournal(path), openJournal(path)]
  one.read()
  other.read()
  assert.equal(await one.append([bytes('three')]), undefined)
  assert.equal((await other.append([bytes('four')]))?.code, 'EBUSY')
  assert.deepEqual(readAgain(path), ['one', '', LAST, 'three'])
})

test('a damaged length is damage, not a cut, while good frames stand behind it', async (t) => {
  const path = await written(t)
  const whole = readFileSync(path)
  const first = whole.indexOf('one') - 12
  whole[first] = 0x7f
  writeFileSync(path, whole)
  assert.equal(readAgain(path), 'ECORRUPT')
})

test('nothing is written for no entries', async (t) => {
  const path = await written(t)
  const before = readFileSync(path)
  const journal = openJournal(path)
  journal.read()
  assert.equal(await journal.append([]), undefined)
  assert.deepEqual(readFileSync(path), before)
})
