// Zones from zone files: what the world file says goes over them, what follows from the world stands below.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure } from '../core/failure.ts'
import type { ZoneProblem } from './index.ts'
import { APEX, SOA, linesOf, named, sampleZone, there } from './sample-zone.ts'
import { zoneFile } from './zone-file.ts'

const FILE = `$TTL 60
@ IN SOA ns root 42 1 1 1 1
@ IN NS ns
@ IN NS ns2
www IN A 192.0.2.1
www IN A 192.0.2.2
www IN TXT "file"
sub.deep IN A 192.0.2.3
$INCLUDE more
`
const source = (texts: Readonly<Record<string, string>>) =>
  zoneFile('main', (path) => {
    const text = texts[path]
    return text === undefined ? failure('ENOENT', 'no such file') : Buffer.from(text)
  })

test("sets of the world file take the place of the file's, derived ones stand where nothing does", () => {
  const zone = sampleZone([], {
    file: source({ main: FILE, more: 'inc IN A 192.0.2.9\n' }),
    records: ['www.harbor.test 5 A 192.0.2.7', 'www.harbor.test 5 A 192.0.2.8', 'new.harbor.test 5 A 192.0.2.7'].map(
      named,
    ),
    derived: [SOA, 'harbor.test 5 NS other.harbor.test.', 'www.harbor.test 5 AAAA ::1', 'inc.harbor.test 5 A ::']
      .map(named)
      .slice(0, 3),
  })
  assert.equal(there(zone).serial, 42)
  assert.deepEqual(linesOf(there(zone)), [
    'harbor.test 60 NS ns.harbor.test.',
    'harbor.test 60 NS ns2.harbor.test.',
    'sub.deep.harbor.test 60 A 192.0.2.3',
    'inc.harbor.test 60 A 192.0.2.9',
    'new.harbor.test 5 A 192.0.2.7',
    'www.harbor.test 5 A 192.0.2.7',
    'www.harbor.test 5 A 192.0.2.8',
    'www.harbor.test 60 TXT "file"',
    'www.harbor.test 5 AAAA ::1',
  ])
})

test('an SOA that the file has not is the derived one', () => {
  const zone = sampleZone([], { file: source({ main: 'a 1 IN A 192.0.2.1\n' }), records: [], derived: [named(SOA)] })
  assert.equal(there(zone).serial, 7)
  assert.deepEqual(linesOf(there(zone)), ['a.harbor.test 1 A 192.0.2.1'])
})

test('a name that comes from everywhere has all its sets', () => {
  const zone = sampleZone([], {
    file: source({ main: 'b 1 IN A 192.0.2.1\n' }),
    records: [SOA, 'a.harbor.test 1 A 192.0.2.1'].map(named),
    derived: ['a.harbor.test 1 AAAA ::1'].map(named),
  })
  assert.deepEqual(linesOf(there(zone)), [
    'a.harbor.test 1 A 192.0.2.1',
    'a.harbor.test 1 AAAA ::1',
    'b.harbor.test 1 A 192.0.2.1',
  ])
})

function problemsOf(texts: Readonly<Record<string, string>>): { problems: ZoneProblem[]; lines: string[] | undefined } {
  const problems: ZoneProblem[] = []
  const hear = (problem: ZoneProblem): void => void problems.push(problem)
  const zone = sampleZone([], { file: source(texts), records: [named(SOA)], problems: hear })
  const { current } = zone
  return { problems, lines: current && linesOf(current) }
}

test('what is wrong with a file is told, and the rest is served', () => {
  const text =
    '$TTL 1\na IN A 192.0.2.1\na IN CNAME b\nx.island.test. IN A 192.0.2.1\nb IN A nonsense\nc IN A 192.0.2.2\n'
  const { problems, lines } = problemsOf({ main: text })
  assert.deepEqual(lines, ['a.harbor.test 1 A 192.0.2.1', 'c.harbor.test 1 A 192.0.2.2'])
  assert.equal(problems.length, 3)
  assert.ok(problems.every(({ path }) => path === 'main'))
})

test('a file that cannot be read serves nothing', () => {
  const { problems, lines } = problemsOf({})
  assert.equal(lines, undefined)
  assert.match(problems[0]?.message ?? '', /main: no such file/)
})

test('without any SOA there is nothing to serve', () => {
  const problems: ZoneProblem[] = []
  const zone = sampleZone([], { records: [], problems: (problem) => void problems.push(problem) })
  assert.equal(zone.current, undefined)
  assert.equal(problems.length, 1)
  assert.equal(zone.apex, APEX)
})
