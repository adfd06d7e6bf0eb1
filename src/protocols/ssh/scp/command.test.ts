import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseScp } from './command.ts'
import { splitWords } from './words.ts'

test('lines are split as a shell does', () => {
  const lines: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['scp -t x', ['scp', '-t', 'x']],
    ['  a \t b  ', ['a', 'b']],
    ["'dir with space'/b", ['dir with space/b']],
    ['"a $b"', undefined],
    ['"a\\$b \\x \\" c"', ['a$b \\\\x " c']],
    ['a\\ b\\*', ['a b\\*']],
    ["'*' *", ['\\*', '*']],
    ["''", ['']],
    ["'a", undefined],
    ['"a', undefined],
    ['a\\', undefined],
    ['a; b', undefined],
    ['a | b', undefined],
    ['a > b', undefined],
    ['a `b`', undefined],
    ['a\nb', undefined],
    ["~ '~'", ['~', '\\~']],
  ]
  for (const [line, words] of lines) assert.deepEqual(splitWords(line), words, line)
})

test('the other side of a copy is told by its options', () => {
  assert.deepEqual(parseScp('scp -r -p -t -- a'), {
    side: 'sink',
    recursive: true,
    preserves: true,
    toFolder: false,
    paths: ['a'],
  })
  assert.deepEqual(parseScp('/usr/bin/scp -vrdf a "b c" -x'), {
    side: 'source',
    recursive: true,
    preserves: false,
    toFolder: true,
    paths: ['a', 'b c', '-x'],
  })
  assert.deepEqual(parseScp('scp -t -- -r')?.paths, ['-r'])
  assert.deepEqual(parseScp('scp -f')?.paths, [])
})

test('what is no such side is left to others', () => {
  for (const line of ['scp a b', 'scp -t -f x', 'scp -t x; rm -r y', 'ls -t', 'scp -S ssh -t x', 'xscp -t x', '']) {
    assert.equal(parseScp(line), undefined, line)
  }
})
