// The firewall follows the conversation, and nobody else does: data ports open for the peer that agreed on them alone, in a
// world that lets all pass and in one that lets nothing pass but FTP; data goes to no third address.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { newFolder, reportSchema, type Report } from '../inside.ts'
import { portolan, PORTOLAN, start, type Started } from '../portolan.ts'
import { ftpWorld, HOST, layFolders, LENIENT, skipFtp } from './world.ts'

const SESSION = join(import.meta.dirname, 'guards-session.py')
const STRICT = `firewall:
  default: reject
  rules:
    - allow: { service: dns, because: names }
    - allow: { service: ftp, direction: in, because: files are why this world is }
`
const REFUSED = 'ConnectionRefusedError'
/** Calls as `met` of the session does. */
const KNOCK = `
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3) as knock:
        print('in' if knock.recv(1) else 'closed')
except OSError as error:
    print(type(error).__name__)
`
/** How often the session has another client call. */
const KNOCKS = 2

interface Guarded {
  readonly told: Record<string, unknown>
  readonly report: Report
  readonly explains: (target: string) => Promise<string>
}

async function guarded(more: string): Promise<Guarded> {
  const folder = newFolder()
  layFolders(folder)
  writeFileSync(join(folder, 'site', 'book.txt'), 'a book\n')
  const [world, report] = [join(folder, 'world.yaml'), join(folder, 'report.json')]
  writeFileSync(world, ftpWorld({ more }))
  const words = ['--world', world, '--report', 'json', '--report-to', report]
  const run = start(PORTOLAN, ['run', ...words, '--', 'python3', SESSION, HOST, LENIENT])
  for (let knock = 1; knock <= KNOCKS; knock++) await answerKnock(run, knock)
  const [, told = ''] = await run.says(/^told (.*)$/m)
  run.end()
  const { code, stderr } = await run.done
  assert.equal(code, 0, stderr)
  return {
    told: JSON.parse(told),
    report: v.parse(reportSchema, JSON.parse(readFileSync(report, 'utf8'))),
    explains: async (target) => (await portolan(['explain', '--world', world, 'laptop', target])).stdout,
  }
}

/** Another client of the world calls where the session says. */
async function answerKnock(run: Started, number: number): Promise<void> {
  const said = await run.says(new RegExp(`(?:^knock \\S+ \\d+\\n[^]*){${number}}`, 'm'))
  const [, host = '', port = ''] = [...said[0].matchAll(/^knock (\S+) (\d+)$/gm)].at(-1) ?? []
  const knocked = await portolan(['exec', '--as', 'desktop', '--', 'python3', '-c', KNOCK, host, port])
  assert.equal(knocked.code, 0, knocked.stderr)
  run.write(knocked.stdout)
}

for (const [name, more] of [
  ['that lets all pass', ''],
  ['that lets nothing pass but FTP', STRICT],
] as const) {
  test(`in a world ${name}`, { skip: skipFtp('python3') }, async (t) => {
    const { told, report, explains } = await guarded(more)

    await t.test('data goes to no third address, and to no port below 1024', () => {
      assert.deepEqual(told['bounces'], ['500', '500', '500', '500', '500', '522', '500', '425'])
    })
    await t.test("a passive port is its owner's, and nobody's once the transfer is over", () => {
      assert.deepEqual(told['passive'], [REFUSED, '150', 'a book\n', '226', REFUSED, REFUSED])
    })
    await t.test('who else called is told, with the reason', () => {
      const reasons = report.refused.map(({ thing }) => `${thing.host} ${thing.because}`)
      assert.ok(
        reasons.some((reason) => reason.startsWith(HOST) && reason.includes('another peer has agreed on this port')),
        reasons.join('\n'),
      )
    })
    await t.test('two conversations at once', () => assert.deepEqual(told['at once'], ['226', '226', true, true]))
    await t.test('active, from port 20', () => assert.deepEqual(told['active'], ['a book\n', 20, '226']))
    await t.test('explain says whom a data port is open for', async () => {
      const text = await explains(`${HOST}:50123`)
      assert.match(text, /only for the peer that agreed on it, for that transfer/)
      assert.match(text, more === '' ? /^allow/m : /^reject/m)
      assert.match(await explains(`${HOST}:21`), /^allow/m)
    })
    if (more === '') return
    await t.test('and nothing else passes', () => {
      assert.deepEqual(told['others'], { http: REFUSED, nobody: REFUSED, passive: REFUSED })
      assert.equal(told['other host'], REFUSED)
    })
  })
}
