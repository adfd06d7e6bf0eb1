// The same bytes to OpenSSH's `scp -t` and `scp -f` in a folder and to a host of a world: what they send back, what then stands
// there, and how they end. What may differ stands here with its reason, and fails once it is the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside, newFolder } from '../inside.ts'
import { runProgram } from '../portolan.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

/** Words for scp, and what it is sent, as printf(1) reads it. */
const CASES: Readonly<Record<string, readonly [words: string, input: string]>> = {
  'a file into a folder': ['-t .', 'C0640 5 plain\\nhello\\0'],
  'a file under a name': ['-t named', 'C0644 5 plain\\nhello\\0'],
  'an empty file': ['-t .', 'C0644 0 empty\\n\\0'],
  'times kept': ['-p -t .', 'T1000000001 0 1000000000 0\\nC0600 2 timed\\nab\\0'],
  'a folder': ['-r -t .', 'D0750 0 tree\\nC0644 1 one\\n1\\0D0700 0 sub\\nC0644 1 two\\n2\\0E\\nE\\n'],
  'a folder without -r': ['-t .', 'D0750 0 refused\\n'],
  'into nothing': ['-t no/thing/at/all', 'C0644 1 x\\nx\\0'],
  'a folder wanted': ['-d -t plain', 'C0644 1 x\\nx\\0'],
  'a name with a slash': ['-t .', 'C0644 1 a/b\\nx\\0'],
  'a name that leads up': ['-t .', 'C0644 1 ..\\nx\\0'],
  'an empty name': ['-t .', 'C0644 1 \\nx\\0'],
  'a bad size': ['-t .', 'C0644 1x plain\\nx\\0'],
  'a bad mode': ['-t .', 'C0944 1 plain\\nx\\0'],
  'no message at all': ['-t .', ''],
  'an unknown message': ['-t .', 'X\\n'],
  'bad times': ['-p -t .', 'Tx 0 1 0\\n'],
  'a warning of the other side': ['-t .', '\\001scp: cannot read it\\nC0644 1 after\\nx\\0'],
  'a file taken': ['-f plain', '\\0\\0\\0\\0'],
  'a file taken with its times': ['-p -f timed', '\\0\\0\\0\\0\\0'],
  'a tree taken': ['-r -f tree/sub', '\\0\\0\\0\\0\\0\\0\\0\\0'],
  'a folder taken without -r': ['-f tree', '\\0\\0\\0'],
  'nothing taken': ['-f nothing', '\\0\\0\\0'],
  'two taken, one is missing': ['-f plain nothing', '\\0\\0\\0\\0'],
  'a pattern taken': ["-f 'pl*'", '\\0\\0\\0\\0'],
  'a pattern that fits nothing': ["-f 'zz*'", '\\0\\0\\0'],
}

const DIFFERENCES: Readonly<Record<string, string>> = {
  'into nothing': 'OpenSSH reads on after it has said why, and says besides that the other side has left',
  'an unknown message':
    'OpenSSH repeats a first line that it cannot read, as words of a shell; a host has none that would speak',
  'bad times': 'a time that is no number is told as one that does not end where it should',
}

const OURS = (words: string): string => `${SSH} files.harbor.test "scp ${words}" 2>/dev/null`

const FOUND = 'ls -l plain named empty timed tree tree/one tree/sub/two after 2>/dev/null | cut -c1-10 | sort | uniq -c'

function steps(scp: (words: string) => string): Record<string, string> {
  const cases = Object.entries(CASES).map(([name, [words, input]]) => {
    const line = `printf '${input}' | { ${scp(words)}; echo $? >code; } | od -An -v -tx1 -c; cat code`
    return [name.replaceAll(/\W+/g, '-'), line] as const
  })
  return Object.fromEntries(cases)
}

test('SCP as OpenSSH speaks it', { skip: skipSsh('scp', 'od') }, async (t) => {
  const theirs = new Map<string, string>()
  const cwd = newFolder()
  for (const [name, line] of Object.entries({ ...steps((words) => `scp ${words} 2>/dev/null`), found: FOUND })) {
    theirs.set(name, (await runProgram('sh', ['-c', line], { cwd })).stdout)
  }
  const world = await inside<string>({ ...steps(OURS), found: `${SSH} files.harbor.test '${FOUND}'` }, sshWorld())

  for (const name of [...Object.keys(CASES), 'found']) {
    const why = DIFFERENCES[name]
    const step = name.replaceAll(/\W+/g, '-')
    await t.test(why === undefined ? name : `${name}: ${why}`, () => {
      const ours = world.step(step).stdout
      if (why === undefined) assert.equal(ours, theirs.get(step))
      else assert.notEqual(ours, theirs.get(step), 'no longer differs')
    })
  }
})
