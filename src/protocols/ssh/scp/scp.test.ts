import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type TreeQuota } from '../../../core/index.ts'
import { MemoryTree } from '../../../sim/index.ts'
import type { FileOperation } from '../sftp/file-operation.ts'
import { TrialChannel } from '../sftp/trial.ts'
import { parseScp, serveScp } from './index.ts'

class Trial {
  readonly channel = new TrialChannel()
  readonly operations: FileOperation[] = []
  readonly tree: MemoryTree
  readonly stop: () => void

  constructor(command: string, tree: MemoryTree) {
    this.tree = tree
    const parsed = parseScp(command)
    assert.ok(parsed)
    const serving = serveScp(this.channel, parsed, {
      tree,
      user: 'alice',
      log: (operation) => this.operations.push(operation),
      broke: (thrown) => assert.fail(String(thrown)),
    })
    this.stop = () => serving.stop()
  }

  say(text: string | Uint8Array): void {
    this.channel.bring(typeof text === 'string' ? Buffer.from(text) : text)
  }

  /** Each step: what is said, and what must be heard then. */
  async talk(...steps: readonly (readonly [said: string, heard: string])[]): Promise<void> {
    for (const [said, heard] of steps) {
      if (said !== '') this.say(said)
      const bytes = await this.channel.taken(Buffer.byteLength(heard))
      assert.equal(bytes && Buffer.from(bytes).toString(), heard)
    }
  }

  /** What is heard to the end, and the exit status. */
  async end(): Promise<readonly [string, number | undefined]> {
    this.channel.bring(null)
    return [Buffer.from(await this.channel.rest()).toString(), this.channel.exitStatus]
  }

  async content(path: string): Promise<string | undefined> {
    const file = await this.tree.open(path)
    return isFailure(file) ? undefined : Buffer.from(await file.read(0, 2 ** 22)).toString()
  }
}

function sink(options: string, quota?: TreeQuota): Trial {
  const tree = new MemoryTree({ '/there/old': 'old' }, quota === undefined ? {} : { quota })
  return new Trial(`scp ${options}`, tree)
}

test('a file is taken, under its own name in a folder and under the target otherwise', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['C0600 5 new\n', '\0'], ['hello\0', '\0'])
  assert.deepEqual(await trial.end(), ['', 0])
  assert.equal(await trial.content('/there/new'), 'hello')
  assert.deepEqual(trial.operations, [{ kind: 'write', path: '/there/new', bytes: 5, outcome: 'done' }])

  const named = sink('-t there/other')
  await named.talk(['', '\0'], ['C0666 0 new\n', '\0'], ['\0', '\0'])
  assert.deepEqual(await named.end(), ['', 0])
  const stat = await named.tree.stat('/there/other')
  assert.equal(!isFailure(stat) && stat.mode, 0o644)
})

test('it comes byte by byte as well', async () => {
  const trial = sink('-t there/x')
  for (const byte of Buffer.from('C0644 3 x\nabc\0')) trial.say(Uint8Array.of(byte))
  await trial.talk(['', '\0\0\0'])
  assert.equal(await trial.content('/there/x'), 'abc')
})

test('modes and times are kept with -p, also over a file that stands there', async () => {
  const trial = sink('-p -t there')
  await trial.talk(['', '\0'], ['T1700000000 0 1600000000 0\n', '\0'], ['C0750 1 old\n', '\0'], ['x\0', '\0'])
  await trial.end()
  const stat = await trial.tree.stat('/there/old')
  assert.ok(!isFailure(stat))
  assert.deepEqual([stat.mode, stat.modifiedMs, stat.accessedMs], [0o750, 1_700_000_000_000, 1_600_000_000_000])
})

test('folders are taken with -r, and get their mode when they are full', async () => {
  const trial = sink('-r -p -t there')
  await trial.talk(
    ['', '\0'],
    ['T1 0 2 0\n', '\0'],
    ['D0500 0 sub\n', '\0'],
    ['C0644 1 a\n', '\0'],
    ['A\0', '\0'],
    ['D0755 0 deep\n', '\0'],
    ['E\n', '\0'],
    ['E\n', '\0'],
    ['C0644 1 b\n', '\0'],
    ['B\0', '\0'],
  )
  assert.deepEqual(await trial.end(), ['', 0])
  assert.equal(await trial.content('/there/sub/a'), 'A')
  assert.equal(await trial.content('/there/b'), 'B')
  const stat = await trial.tree.stat('/there/sub')
  assert.ok(!isFailure(stat))
  assert.deepEqual([stat.mode, stat.modifiedMs], [0o500, 1000])
})

test('names that lead elsewhere end it', async () => {
  for (const name of ['../out', '..', '.', 'a/b', '/etc/passwd']) {
    const trial = sink('-r -t there')
    await trial.talk(['', '\0'], [`C0644 1 ${name}\n`, `\x01scp: error: unexpected filename: ${name}\n`])
    assert.deepEqual(await trial.end(), ['', 1])
    assert.deepEqual(await trial.tree.list('/'), ['there'])
    assert.deepEqual(await trial.tree.list('/there'), ['old'])
  }
})

test('folders without -r end it', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['D0755 0 sub\n', '\x01scp: protocol error: received directory without -r\n'])
  assert.deepEqual(await trial.end(), ['', 1])
})

test('one file that cannot be taken does not keep the next from it', async () => {
  const trial = sink('-r -t there')
  await trial.talk(
    ['', '\0'],
    ['D0755 0 old\n', '\x01scp: there/old: Not a directory\n'],
    ['C0644 1 new\n', '\0'],
    ['x\0', '\0'],
  )
  assert.deepEqual(await trial.end(), ['', 1])
  assert.equal(await trial.content('/there/new'), 'x')
})

test('a quota that is hit is told when all has come, and keeps what stood there', async () => {
  const trial = sink('-t there', { bytesMax: 10, filesMax: 10 })
  const content = 'x'.repeat(300_000)
  await trial.talk(
    ['', '\0'],
    ['C0644 300000 old\n', '\0'],
    [`${content}\0`, '\x01scp: there/old: Disk quota exceeded\n'],
    ['C0644 1 small\n', '\0'],
    ['s\0', '\0'],
  )
  assert.deepEqual(await trial.end(), ['', 1])
  assert.equal(await trial.content('/there/old'), 'old')
  assert.equal(await trial.content('/there/small'), 's')
})

test('a sender that could not read its file takes it back', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['C0644 3 old\n', '\0'], ['abc\x01scp: old: Input/output error\n', '\0'])
  assert.deepEqual(await trial.end(), ['', 1])
  assert.equal(await trial.content('/there/old'), 'old')
})

test('a file that breaks off does not appear, and is kept aside', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['C0644 9 new\n', '\0'])
  trial.say('half')
  await trial.end()
  assert.equal(await trial.content('/there/new'), undefined)
  assert.equal(await trial.tree.interrupted('/there/new'), 4)
  assert.equal(trial.tree.openFiles, 0)
  assert.equal(trial.operations.at(-1)?.outcome, 'interrupted')
})

test('a sender that ends behind its last byte has sent it all', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['C0644 4 new\n', '\0'])
  trial.say('full')
  await trial.end()
  assert.equal(await trial.content('/there/new'), 'full')
  assert.equal(trial.channel.exitStatus, 0)
})

test('a channel that is gone leaves nothing open', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'], ['C0644 9 new\n', '\0'])
  trial.stop()
  await trial.channel.rest()
  assert.equal(trial.tree.openFiles, 0)
  assert.equal(trial.channel.exitStatus, undefined)
})

test('targets that cannot be', async () => {
  assert.deepEqual(await sink('-d -t there/old').end(), ['\x01scp: there/old: Not a directory\n', 1])
  assert.deepEqual(await sink('-d -t none').end(), ['\x01scp: none: No such file or directory\n', 1])
  assert.deepEqual(await sink('-t a b').end(), ['\x01scp: ambiguous target\n', 1])
  assert.deepEqual(await sink('-t').end(), ['\x01scp: ambiguous target\n', 1])
  const inNone = sink('-t none/x')
  await inNone.talk(['', '\0'], ['C0644 1 x\n', '\x01scp: none/x: No such file or directory\n'])
  assert.deepEqual(await inNone.end(), ['', 1])
})

test('lines without end are not read for ever', async () => {
  const trial = sink('-t there')
  await trial.talk(['', '\0'])
  trial.say('C'.repeat(100_000))
  await trial.channel.rest()
  assert.equal(trial.channel.exitStatus, 1)
})

const TREE = { '/d/a b': 'spaced', '/d/sub/x': 'X', '/d/z.txt': 'zzz', '/e.txt': 'e', '/.hidden': '' }

function source(options: string): Trial {
  return new Trial(`scp ${options}`, new MemoryTree(TREE, { modifiedMs: 1_700_000_000_000 }))
}

test('a file is sent', async () => {
  const trial = source('-f "d/a b"')
  await trial.talk(['\0', 'C0644 6 a b\n'], ['\0', 'spaced\0'], ['\0', ''])
  assert.deepEqual(await trial.end(), ['', 0])
  assert.deepEqual(trial.operations, [{ kind: 'read', path: '/d/a b', bytes: 6, outcome: 'done' }])
  assert.equal(trial.tree.openFiles, 0)
})

test('a folder is sent with -r, and times with -p', async () => {
  const trial = source('-r -p -f d')
  const times = 'T1700000000 0 1700000000 0\n'
  const folderTimes = 'T1700000000 0 1700000000 0\n'
  await trial.talk(
    ['\0', folderTimes],
    ['\0', 'D0755 0 d\n'],
    ['\0', times],
    ['\0', 'C0644 6 a b\n'],
    ['\0', 'spaced\0'],
    ['\0', folderTimes],
    ['\0', 'D0755 0 sub\n'],
    ['\0', times],
    ['\0', 'C0644 1 x\n'],
    ['\0', 'X\0'],
    ['\0', 'E\n'],
    ['\0', times],
    ['\0', 'C0644 3 z.txt\n'],
    ['\0', 'zzz\0'],
    ['\0', 'E\n'],
    ['\0', ''],
  )
  assert.deepEqual(await trial.end(), ['', 0])
})

test('patterns stand for what is there', async () => {
  const trial = source('-f *.txt d/*.txt none*')
  await trial.talk(
    ['\0', 'C0644 1 e.txt\n'],
    ['\0', 'e\0'],
    ['\0', 'C0644 3 z.txt\n'],
    ['\0', 'zzz\0'],
    ['\0', '\x01scp: none*: No such file or directory\n'],
  )
  assert.deepEqual(await trial.end(), ['', 1])
})

test('homes are the root', async () => {
  const trial = source('-f ~/e.txt ~alice/e.txt')
  await trial.talk(['\0', 'C0644 1 e.txt\n'], ['\0', 'e\0'], ['\0', 'C0644 1 e.txt\n'], ['\0', 'e\0'], ['\0', ''])
  assert.deepEqual(await trial.end(), ['', 0])
})

test('what cannot be sent is told, and the rest follows', async () => {
  const trial = source('-f d none e.txt')
  await trial.talk(
    ['\0', '\x01scp: d: not a regular file\n\x01scp: none: No such file or directory\nC0644 1 e.txt\n'],
    ['\0', 'e\0'],
    ['\0', ''],
  )
  assert.deepEqual(await trial.end(), ['', 1])
})

test('a receiver that refuses one gets the next', async () => {
  const trial = source('-f d/z.txt e.txt')
  await trial.talk(['\0', 'C0644 3 z.txt\n'], ['\x01no room\n', 'C0644 1 e.txt\n'], ['\0', 'e\0'], ['\0', ''])
  assert.deepEqual(await trial.end(), ['', 1])
  const fatal = source('-f d/z.txt e.txt')
  await fatal.talk(['\0', 'C0644 3 z.txt\n'], ['\x02gone\n', ''])
  assert.deepEqual(await fatal.end(), ['', 1])
})

test('a link to a folder above does not go on for ever', async () => {
  const tree = new MemoryTree({ '/d/x': '' })
  await tree.symlink('..', '/d/up')
  const trial = new Trial('scp -r -f d', tree)
  trial.say('\0'.repeat(10_000))
  const [heard, status] = await trial.end()
  assert.match(heard, /Too many levels of symbolic links/)
  assert.equal(status, 1)
})

test('a receiver that takes nothing stops the reading', async () => {
  const tree = new MemoryTree({ '/big': Buffer.alloc(8 * 2 ** 20) })
  const trial = new Trial('scp -f big', tree)
  trial.channel.open = false
  trial.say('\0\0\0')
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(trial.channel.writableLength < 3 * 2 ** 20, `${trial.channel.writableLength} bytes`)
  trial.channel.widen()
  const [heard] = await trial.end()
  assert.equal(heard.length, 'C0644 8388608 big\n'.length + 8 * 2 ** 20 + 1)
})
