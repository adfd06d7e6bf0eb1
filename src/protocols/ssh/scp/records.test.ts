import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatEntry, formatTimes, parseRecord } from './records.ts'

test('entries and times come back as they went', () => {
  const line = formatEntry('file', 0o644, 5_000_000_000, 'a name').slice(0, -1)
  assert.equal(line, 'C0644 5000000000 a name')
  assert.deepEqual(parseRecord(line), { kind: 'file', mode: 0o644, size: 5_000_000_000, name: 'a name' })
  assert.deepEqual(parseRecord(formatEntry('folder', 0o7755, 0, 'd').slice(0, -1)), {
    kind: 'folder',
    mode: 0o7755,
    size: 0,
    name: 'd',
  })
  const times = { modifiedMs: 1_700_000_000_000, accessedMs: 1000 }
  assert.equal(formatTimes({ modifiedMs: 1999, accessedMs: 0.5 }), 'T1 0 0 0\n')
  assert.deepEqual(parseRecord(formatTimes(times).slice(0, -1)), { kind: 'times', ...times })
})

test('a line feed in a name does not end the line', () => {
  assert.equal(formatEntry('file', 0o600, 1, 'a\nb'), 'C0600 1 a\\^Jb\n')
})

test('what the other side says of itself', () => {
  assert.deepEqual(parseRecord('\x01scp: no'), { kind: 'warning', message: 'scp: no' })
  assert.deepEqual(parseRecord('\x02gone'), { kind: 'fatal', message: 'gone' })
  assert.deepEqual(parseRecord('E'), { kind: 'end' })
})

test('records that are none say what is wrong, in the words of OpenSSH', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['', 'protocol error: unexpected <newline>'],
    ['X', 'protocol error: expected control record'],
    ['C64 1 a', 'protocol error: bad mode'],
    ['C0648 1 a', 'protocol error: bad mode'],
    ['C06441 1 a', 'protocol error: mode not delimited'],
    ['C0644 a', 'protocol error: size not delimited'],
    ['C0644 1', 'protocol error: size not delimited'],
    ['C0644 -1 a', 'protocol error: size not delimited'],
    ['C0644 99999999999999999999 a', 'protocol error: size out of range'],
    ['C0644 1 ', 'error: unexpected filename: '],
    ['C0644 1 .', 'error: unexpected filename: .'],
    ['D0755 0 ..', 'error: unexpected filename: ..'],
    ['C0644 1 ../a', 'error: unexpected filename: ../a'],
    ['C0644 1 a/b', 'error: unexpected filename: a/b'],
    ['T1 0 1', 'protocol error: atime.usec not delimited'],
    ['T1', 'protocol error: mtime.usec not delimited'],
    ['Tx 0 1 0', 'protocol error: mtime.sec not delimited'],
    ['T1 0 1 0 9', 'protocol error: atime.usec not delimited'],
  ]
  for (const [line, problem] of wrong) assert.deepEqual(parseRecord(line), { kind: 'wrong', problem }, line)
})
