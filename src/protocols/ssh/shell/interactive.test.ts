// Shells that are typed at: lines under a prompt, keys that edit them, and lines of a pipe.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTree } from '../../../sim/index.ts'
import { SampleShell } from './sample-shell.ts'

const TERMINAL = { type: 'xterm', columns: 80, rows: 24 }
const FILES = { '/docs/readme.md': 'Some text.\n', '/docs/other.txt': 'x', '/two words': 'spaced\n' }

function terminal(): SampleShell {
  return new SampleShell({ tree: new MemoryTree(FILES), terminal: TERMINAL })
}

/** What a terminal would show of one line of typed keys: the line that ran. */
async function lineOf(keys: string): Promise<string> {
  const shell = terminal()
  shell.type(`${keys}\r`)
  shell.type('\x04')
  await shell.running.ended
  const event = shell.events.find((one) => one.kind === 'line')
  return event?.line ?? ''
}

test('a prompt, what is typed, what it prints with the line ends of a terminal, and the end', async () => {
  const shell = terminal()
  await shell.until('alice@files:~$ ')
  shell.type('cd docs\r')
  await shell.until('alice@files:/docs$ ')
  shell.type('cat readme.md; false\rexit\r')
  assert.equal(await shell.running.ended, 1)
  assert.match(shell.stdout, /cat readme\.md; false\r\nSome text\.\r\nalice@files:\/docs\$ exit\r\n$/)
  assert.deepEqual(
    shell.events.map((event) => event.kind === 'line' && [event.line, event.status]),
    [
      ['cd docs', 0],
      ['cat readme.md; false', 1],
      ['exit', 1],
    ],
  )
})

const KEYS: readonly (readonly [string, string, string])[] = [
  ['backspace', 'echo ax\x7f', 'echo a'],
  ['^U', 'rubbish\x15echo a', 'echo a'],
  ['^W', 'echo a rubbish \x17b', 'echo a b'],
  ['^K and ^Y', 'echo ab\x1b[D\x0b\x19', 'echo ab'],
  ['left and right', 'echo b\x1b[Da\x1b[Cc', 'echo abc'],
  ['^A, ^E', 'cho a\x01e\x05b', 'echo ab'],
  ['home and end', 'cho a\x1b[He\x1b[Fb', 'echo ab'],
  ['delete', 'echo ab\x1b[D\x1b[3~', 'echo a'],
  ['word motions', 'echo a b\x1bb\x1bbX', 'echo Xa b'],
  ['a sequence in pieces is one key', 'echo b\x1bODa', 'echo ab'],
  ['keys that mean nothing', 'echo\x1b[24~\x1b[1;2P a\x00\x0f', 'echo a'],
  ['wide and odd characters', 'echo 漢字é😀\x7f', 'echo 漢字é'],
  ['tab: a name', 'cat doc\tre\t', 'cat docs/readme.md '],
  ['tab: a command', 'whoa\t', 'whoami '],
  ['tab: what needs quotes', 'cat two\t', 'cat two\\ words '],
  ['tab: nothing to choose', 'cat zzz\t\t', 'cat zzz'],
]

for (const [what, keys, line] of KEYS) {
  test(`keys: ${what}`, async () => assert.equal(await lineOf(keys), line))
}

test('keys that come byte by byte mean the same', async () => {
  const shell = terminal()
  for (const byte of Buffer.from('echo é漢\x1b[D\x1b[3~x\r\x04')) shell.type(Uint8Array.of(byte))
  await shell.running.ended
  assert.equal(shell.events[0]?.line, 'echo éx')
})

test('old lines come back', async () => {
  const shell = terminal()
  shell.type('echo one\recho two\r\x1b[A\x1b[A\r\x10\x10\x0enew\x15echo three\r\x04')
  await shell.running.ended
  assert.deepEqual(
    shell.events.map((event) => event.line),
    ['echo one', 'echo two', 'echo one', 'echo three'],
  )
})

test('two tabs show what there is', async () => {
  const shell = terminal()
  shell.type('cat docs/\t\t')
  await shell.until(/other\.txt +readme\.md\r\n/)
  shell.running.hangUp()
  await shell.running.ended
})

test('^C gives a line up, and ends what runs', async () => {
  const shell = terminal()
  shell.type('rubbish\x03')
  await shell.until('^C\r\n')
  shell.type('sleep 1000\r')
  await shell.until('sleep 1000\r\n')
  while (!shell.stdout.endsWith('$ ')) {
    shell.type('\x03')
    await new Promise((resolve) => setImmediate(resolve))
  }
  shell.type('echo $?\r')
  await shell.until('130\r\n')
  shell.type('\x04')
  await shell.running.ended
  assert.equal(shell.events[0]?.line, 'sleep 1000')
})

test('a command reads what is typed, echoed line by line, until ^D', async () => {
  const shell = terminal()
  shell.type('cat\rab\x7fc\r\x04exit\r')
  assert.equal(await shell.running.ended, 0)
  assert.ok(shell.stdout.endsWith('cat\r\nab\b \bc\r\nac\r\nalice@files:~$ exit\r\n'), shell.stdout)
})

test('lines that are not whole are asked on', async () => {
  const shell = terminal()
  shell.type('for i in 1 2\rdo echo $i\rdone\r\x04')
  await shell.running.ended
  assert.match(shell.stdout, /> do echo \$i\r\n> done\r\n1\r\n2\r\n/)
})

test('an error in a line leaves the shell its prompt', async () => {
  const shell = terminal()
  shell.type('echo $(( 1 / 0 ))\recho )\rset -u; echo $none\recho still\r\x04')
  await shell.running.ended
  assert.match(shell.stdout, /still\r\n/)
})

test('a window of another size changes how names stand', async () => {
  const shell = terminal()
  shell.running.resize(8, 24)
  shell.type('ls docs\r\x04')
  await shell.running.ended
  assert.match(shell.stdout, /other\.txt\r\nreadme\.md\r\n/)
})

test('lines of a pipe run one by one, and what commands read comes from behind them', async () => {
  const shell = new SampleShell({ tree: new MemoryTree(FILES) })
  shell.type('echo one; read x\ntyped\necho "got $x"\nif true\nthen echo in; fi\nexit 3\necho not\n')
  assert.equal(await shell.running.ended, 3)
  assert.equal(shell.stdout, 'one\ngot typed\nin\n')
  assert.equal(shell.stderr, '')
})

test('the end of a pipe is the end', async () => {
  const shell = new SampleShell({ tree: new MemoryTree(FILES) })
  shell.type('false')
  shell.end()
  assert.equal(await shell.running.ended, 1)
})

for (const when of ['prompt', 'command']) {
  test(`a peer that is gone ends the shell: ${when}`, async () => {
    const shell = terminal()
    await shell.until('$ ')
    if (when === 'command') shell.type('sleep 1000\r')
    if (when === 'command') await shell.until('1000\r\n')
    shell.running.hangUp()
    await shell.running.ended
  })
}
