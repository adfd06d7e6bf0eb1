// What our server and BIND answer to the same questions about the same zone file, not signed and signed by BIND: code, AA, and each section as a
// set. Where they differ, `same-differences.ts` says why; a difference that is gone must go there too.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside, newFolder } from '../inside.ts'
import { answeredAll, digAll, NAMED, skipWithoutDaemons, withDaemons, type Answered, type Daemon } from './resolvers.ts'
import { DIFFERENCES, type Form, type Section } from './same-differences.ts'
import { QUESTIONS, SERVER, TEXT, ZONE } from './same-zone.ts'

const skip = skipWithoutDaemons([NAMED], 'dig', 'dnssec-keygen', 'dnssec-signzone')
const PORT = 5300
const OURS = '@192.0.2.1'
const THEIRS = `@127.0.0.1 -p ${PORT}`

const WORLD = `domains:
  harbor.test: {}
  ${ZONE}: { zone: ./lab.zone, servers: ${SERVER}, dnssec: false, transfer: any }
hosts:
  ${SERVER}: dns
`

const OPTIONS = [
  'directory "."',
  'pid-file none',
  'lock-file none',
  'session-keyfile "session.key"',
  `listen-on port ${PORT} { 127.0.0.1; }`,
  'listen-on-v6 { none; }',
  'recursion no',
  'empty-zones-enable no',
  'dnssec-validation no',
  'allow-transfer { any; }',
  // As ours: no NS that nobody asked for, and negative answers that are kept for as long as any other.
  'minimal-responses no-auth',
  'zero-no-soa-ttl no',
]
const CONFIG = `options {\n${OPTIONS.map((line) => `  ${line};\n`).join('')}};
controls { };
zone "${ZONE}" { type primary; file "lab.zone"; };
`
const named: Daemon = {
  ip: '127.0.0.1',
  port: PORT,
  command: `${NAMED} -g -n 1 -c named.conf`,
  files: { 'named.conf': CONFIG },
}

/** How dnssec-signzone proves that there is nothing; undefined: it is not asked to sign. */
const SIGNINGS: Readonly<Record<Form, readonly string[] | undefined>> = {
  unsigned: undefined,
  nsec: [],
  nsec3: ['-3', 'aabb', '-H', '3'],
  'opt-out': ['-3', '-', '-H', '0', '-A'],
}

function zoneText(form: Form): string {
  const words = SIGNINGS[form]
  if (words === undefined) return TEXT
  const folder = newFolder()
  writeFileSync(join(folder, 'lab.zone'), TEXT)
  const run = (program: string, ...rest: readonly string[]) =>
    execFileSync(program, rest, { cwd: folder, stdio: 'pipe' })
  for (const flags of [[], ['-f', 'KSK']]) run('dnssec-keygen', '-q', '-a', 'ECDSAP256SHA256', ...flags, ZONE)
  run('dnssec-signzone', '-q', '-S', '-P', '-O', 'full', '-o', ZONE, ...words, '-f', 'signed', 'lab.zone')
  return readFileSync(join(folder, 'signed'), 'utf8')
}

/** What of an answer is compared. */
type Compared = Readonly<Record<Section, unknown>>

/** Names in any case are the same; which record of a set comes first is chance. */
function compared({ status, flags, answer, authority, additional }: Answered): Compared {
  return {
    code: status,
    aa: flags.includes('aa'),
    answer: asSet(answer),
    authority: asSet(authority),
    additional: asSet(additional),
  }
}

function asSet(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map(folded))].toSorted()
}

/** What dig shows of a transfer: its SOA comes twice. */
function transferred(text: string): readonly string[] {
  return asSet(text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ')))
}

/** The owner; data is as it stands in the file. */
function folded(line: string): string {
  const end = line.indexOf(' ')
  return line.slice(0, end).toLowerCase() + line.slice(end)
}

const SECTIONS = ['code', 'aa', 'answer', 'authority', 'additional'] as const

/** What is not as it should be: differences that nothing tells of. Which of those that are told of were seen is put into `seen`. */
function unlike(form: Form, question: string, ours: Compared, theirs: Compared, seen: Set<string>): object[] {
  return SECTIONS.flatMap((section) => {
    const [here, there] = [ours[section], theirs[section]]
    if (JSON.stringify(here) === JSON.stringify(there)) return []
    const why = DIFFERENCES.find(
      (one) => one.forms.includes(form) && one.sections.includes(section) && one.question.test(question),
    )
    if (why === undefined) return [{ question, section, ours: here, theirs: there }]
    seen.add(why.because)
    return []
  })
}

for (const form of ['unsigned', 'nsec', 'nsec3', 'opt-out'] as const)
  test(`the same answers as BIND: ${form}`, { skip }, async (t) => {
    const { within, files } = withDaemons([named])
    const words = form === 'unsigned' ? '+norec +nocookie' : '+norec +nocookie +dnssec +bufsize=4096'
    const world = await inside(
      {
        transferred: `dig ${OURS} AXFR ${ZONE} +noall +answer`,
        held: `dig ${THEIRS} AXFR ${ZONE} +noall +answer`,
        ours: digAll('questions', `${OURS} ${words}`),
        theirs: digAll('questions', `${THEIRS} ${words}`),
      },
      {
        world: WORLD,
        within,
        files: {
          ...files,
          'lab.zone': zoneText(form),
          questions: QUESTIONS.map((question) => `${question}\n`).join(''),
        },
      },
    )

    await t.test('the zone is transferred alike', () => {
      assert.deepEqual(transferred(world.output('transferred')), transferred(world.output('held')))
    })

    await t.test('each question is answered alike', () => {
      const [ours, theirs] = [answeredAll(world.output('ours')), answeredAll(world.output('theirs'))]
      const seen = new Set<string>()
      const found = QUESTIONS.flatMap((question) => {
        const [here, there] = [ours.get(question), theirs.get(question)]
        assert.ok(here !== undefined && there !== undefined, question)
        return unlike(form, question, compared(here), compared(there), seen)
      })
      assert.deepEqual(found, [])
      const told = DIFFERENCES.filter(({ forms }) => forms.includes(form)).map(({ because }) => because)
      assert.deepEqual(
        told.filter((because) => !seen.has(because)),
        [],
        'differences that are gone',
      )
    })
  })
