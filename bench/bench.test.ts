// The bench's own arithmetic and tables: medians, ratios round by round, what reaches its target, who takes turns.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeQuestions } from './dns/load.ts'
import { nameOf, writeZoneFile } from './dns/zone-file.ts'
import { missing, TemporaryFolder } from './peer.ts'
import { alternate, figureIn } from './rounds.ts'
import { formatFigure, formatJson, formatTable, median, summarize, type Row } from './table.ts'

const row: Row = {
  group: 'dns',
  work: 'answers',
  beside: 'BIND',
  unit: '/s',
  ours: [50_000, 90_000, 60_000],
  theirs: [100_000, 60_000, 60_000],
  reach: { of: 'ratio', bound: 'at least', limit: 1 },
}

test('a median is the middle figure, or the mean of the middle two', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.ok(Number.isNaN(median([])))
})

test('a row compares round by round, not median with median', () => {
  const { ours, theirs, middle, lowest, highest, reached } = summarize({
    ...row,
    ours: [50, 90, 70],
    theirs: [100, 60, 80],
  })
  assert.deepEqual([ours, theirs], [70, 80])
  assert.deepEqual([middle, lowest, highest, reached], [0.875, 0.5, 1.5, false])
})

test('a difference and a bare value have bounds of their own', () => {
  const reach = { bound: 'at most', limit: 350 } as const
  const slow = { ...row, ours: [400], theirs: [10] }
  assert.equal(summarize({ ...slow, reach: { ...reach, of: 'difference' } }).reached, false)
  assert.equal(summarize({ ...slow, ours: [360], reach: { ...reach, of: 'difference' } }).reached, true)
  assert.equal(summarize({ ...slow, reach: { ...reach, of: 'value' } }).middle, 400)
})

test('the table says figures, bounds and what was skipped', () => {
  const text = formatTable([row], [{ group: 'http', work: 'HTTP', because: 'wrk is missing (apt install wrk)' }])
  const [, line = '', skipped] = text.split('\n')
  assert.deepEqual(line.split(/ {2,}/), [
    'answers',
    '60,000 /s',
    'BIND',
    '60,000 /s',
    'x 1.00',
    'x 0.50..x 1.50',
    'at least x 1.00',
    'reached',
  ])
  assert.equal(skipped, 'skipped  HTTP: wrk is missing (apt install wrk)')
  assert.deepEqual([formatFigure(9.94), formatFigure(-1234.6)], ['9.9', '-1,235'])
})

test('JSON holds every round and what it comes to', () => {
  const { rows } = JSON.parse(formatJson([row], []))
  assert.deepEqual(rows[0].rounds, { ours: row.ours, theirs: row.theirs })
  assert.deepEqual([rows[0].ours, rows[0].middle, rows[0].reached], [60_000, 1, true])
})

test('contenders take turns, and the first turn does not count', async () => {
  const turns: string[] = []
  const contender = (name: string) => async () => turns.push(name)
  const figures = await alternate({ a: contender('a'), b: contender('b') }, { rounds: 2 })
  assert.deepEqual(turns, ['a', 'b', 'a', 'b', 'a', 'b'])
  assert.deepEqual(figures.get('a'), [3, 5])
  assert.deepEqual(figures.get('b'), [4, 6])
})

test('a missing program is said with its package; output without a figure is an error', () => {
  assert.equal(missing({ 'no-such-program': 'a-package' }), 'no-such-program is missing (apt install a-package)')
  assert.equal(missing({ sh: 'dash' }), undefined)
  assert.equal(figureIn('Requests/sec:  12.5', /Requests\/sec:\s+([\d.]+)/), 12.5)
  assert.throws(() => figureIn('nothing', /(\d+)/))
})

test('questions ask for every name once, and for no two neighbours one after the other', () => {
  using folder = new TemporaryFolder()
  const file = join(folder.path, 'questions')
  const names = Array.from({ length: 1000 }, (_, index) => nameOf(index))
  writeQuestions(file, names)
  const asked = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.deepEqual(asked.toSorted(), names.map((name) => `${name} A`).toSorted())
  const indices = asked.map((line) => names.indexOf(line.slice(0, -2)))
  assert.ok(indices.every((index, at) => at === 0 || Math.abs(index - (indices[at - 1] ?? 0)) > 1))
})

test('a zone file of many names has them all, each with an address of its own', () => {
  using folder = new TemporaryFolder()
  const file = join(folder.path, 'zone')
  writeZoneFile(file, 70_000)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const addresses = lines.slice(5).map((line) => line.split(' ')[2])
  assert.deepEqual([addresses.length, new Set(addresses).size], [70_000, 70_000])
  assert.equal(lines.at(-1), 'host-69999 A 10.1.17.111')
})
