// What one shell may use: each limit ends what runs, is told as one event, and leaves the rest standing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTree } from '../../../sim/index.ts'
import type { ShellLimits } from './limits.ts'
import { ranCommand, SampleShell } from './sample-shell.ts'

const nested = (count: number, open: string, close: string) => open.repeat(count) + 'echo' + close.repeat(count)

const CASES: readonly (readonly [keyof ShellLimits, string, Partial<ShellLimits>])[] = [
  ['stepsMax', 'while :; do :; done', { stepsMax: 1000 }],
  ['stepsMax', 'f() { :; }; for i in 1 2 3; do until f && false; do f; done; done', { stepsMax: 1000 }],
  ['nestingMax', 'f() { f; }; f', {}],
  ['nestingMax', 'f() { (f); }; f', {}],
  ['nestingMax', 'x=\'eval "$x"\'; f() { $(f); }; f', {}],
  ['nestingMax', 'echo "sh s" > s; sh s', {}],
  ['memoryMaxBytes', 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done', {}],
  ['memoryMaxBytes', 'x=$(while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done)', { memoryMaxBytes: 10_000 }],
  ['memoryMaxBytes', 'i=0; while :; do i=$((i+1)); eval "v$i=x"; done', { memoryMaxBytes: 10_000 }],
  ['outputMaxBytes', 'while :; do echo aaaaaaaa; done', { outputMaxBytes: 5000 }],
  ['outputMaxBytes', 'while :; do echo aaaaaaaa >&2; done', { outputMaxBytes: 5000 }],
  ['pipelineMax', Array.from({ length: 40 }, () => 'cat').join('|'), {}],
  ['entriesMax', 'i=0; while [ $i -lt 30 ]; do : > f$i; i=$((i+1)); done; find . -name x', { entriesMax: 20 }],
  ['scriptMaxBytes', 'x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; eval "$x$x$x$x$x$x$x$x$x$x$x$x"', { scriptMaxBytes: 300 }],
]

for (const [limit, line, limits] of CASES) {
  test(`${limit}: ${line.slice(0, 50)}`, async () => {
    const { status, events } = await ranCommand({ tree: new MemoryTree({}), limits }, line)
    assert.equal(status, 137)
    assert.deepEqual(
      events.map((event) => (event.kind === 'limit' ? event.limit : event.kind)),
      [limit, 'line'],
    )
  })
}

const REFUSED: readonly string[] = [
  nested(200, '(', ')'),
  nested(200, '{ ', '; }'),
  nested(200, '$(', ')'),
  `echo ${nested(200, '"$(', ')"')}`,
  `echo $((${'('.repeat(500)}1${')'.repeat(500)}))`,
  `echo $((${'-'.repeat(5000)}1))`,
  `[ ${'! '.repeat(5000)} a ]`,
  `grep -E '${'('.repeat(500)}a${')'.repeat(500)}' f`,
  `grep -E '${'(a{250}){250}'}' f`,
  `find . ${'! '.repeat(500)} -name a`,
]

for (const line of REFUSED) {
  test(`nested too deep: ${line.slice(0, 30)}`, async () => {
    const { status, stderr } = await ranCommand({ tree: new MemoryTree({ '/f': 'a\n' }) }, line)
    assert.notEqual(status, 0)
    assert.notEqual(stderr, '')
  })
}

test('patterns that make other matchers slow are matched in one pass', async () => {
  const tree = new MemoryTree({ '/f': `${'a'.repeat(5000)}!\n` })
  const slow = await ranCommand(
    { tree },
    "grep -cE '(a*)*(a|aa)+(a*)*$' f; case $(cat f) in *a*a*a*a*a*a*b) :;; *) echo none;; esac",
  )
  assert.equal(slow.stdout, '0\nnone\n')
})

test('a line that takes too long ends when its time is up', async () => {
  const shell = new SampleShell({ tree: new MemoryTree({}), limits: { timeMaxMs: 5000 } }, 'echo begun; sleep 1000')
  while (!shell.events.some((event) => event.kind === 'limit')) {
    await new Promise((resolve) => setImmediate(resolve))
    shell.turn(1000)
  }
  assert.equal(await shell.running.ended, 124)
  assert.equal(shell.stdout, 'begun\n')
})

test('a client that takes nothing is let go of', async () => {
  const shell = new SampleShell(
    { tree: new MemoryTree({}) },
    'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done',
  )
  shell.taking = false
  await shell.until('a')
  shell.running.hangUp()
  assert.equal(await shell.running.ended, 129)
  assert.ok(shell.stdout.length < 100_000)
})

test('a signal ends a command, also one that waits for input', async () => {
  const shell = new SampleShell({ tree: new MemoryTree({}) }, 'echo begun; cat | cat; echo not')
  await shell.until('begun')
  shell.running.signal('TERM')
  assert.equal(await shell.running.ended, 143)
  assert.equal(shell.stdout, 'begun\n')
})

test('a quota that is hit is told as write error, and the shell goes on', async () => {
  const tree = new MemoryTree({}, { quota: { bytesMax: 10, filesMax: 10 } })
  const { stdout, stderr } = await ranCommand({ tree }, 'echo 0123456789abcdef > f; echo $?; echo ok > f; cat f')
  assert.equal(stdout, '1\nok\n')
  assert.equal(stderr, 'echo: write error: Disk quota exceeded\n')
})

test('a tree that is not writable says so', async () => {
  const tree = new MemoryTree({ '/a': 'x' }, { writable: false })
  const { stderr, status } = await ranCommand({ tree }, 'echo x > b; rm a; mkdir d')
  assert.equal(status, 1)
  assert.equal(
    stderr,
    "sh: cannot create b: Read-only file system\nrm: cannot remove 'a': Read-only file system\nmkdir: cannot create directory 'd': Read-only file system\n",
  )
})
