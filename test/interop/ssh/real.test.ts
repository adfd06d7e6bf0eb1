// A host that runs real programs: terminals, signals, rsync both ways and git. They see the world's network and nothing else.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside, newFolder } from '../inside.ts'
import { layOddTree, treeDifferences, treeOf } from '../odd-tree.ts'
import { portolan } from '../portolan.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

const HOST = 'dev.harbor.test'
/** Before a line with git, in the folder of the steps. */
const GIT = `export GIT_SSH_COMMAND="ssh -F $PWD/ssh_config" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@harbor.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@harbor.test;`

/** The window of a terminal, and what becomes of it. */
const WINDOW = `set timeout 10
spawn ${SSH} -tt ${HOST} {trap 'stty size; exit 5' WINCH; stty size; echo ready; while :; do sleep 0.05; done}
stty rows 31 columns 97 < $spawn_out(slave,name)
expect ready
stty rows 40 columns 123 < $spawn_out(slave,name)
expect -re {40 123} {} timeout { exit 11 }
expect eof
lassign [wait] pid id failed code
exit $code
`

const INTERRUPTED = `set timeout 10
spawn ${SSH} -tt ${HOST} {trap 'echo caught; exit 6' INT; echo ready; while :; do sleep 0.05; done}
expect ready
send "\\003"
expect -re {caught} {} timeout { exit 11 }
expect eof
lassign [wait] pid id failed code
exit $code
`

/** Job control of a login shell. */
const JOBS = `set timeout 10
spawn ${SSH} -tt ${HOST}
expect -re {[$#] $}
send "echo start; cat\\r"
expect -re {start\\r\\n} {} timeout { exit 10 }
send "seen\\r"
expect -re {seen\\r\\nseen} {} timeout { exit 11 }
send "\\032"
expect -re {[Ss]topped} {} timeout { exit 12 }
expect -re {[$#] $}
send "fg\\r"
expect -re {cat\\r\\n} {} timeout { exit 13 }
send "again\\r"
expect -re {again\\r\\nagain} {} timeout { exit 14 }
send "\\004"
send "exit 8\\r"
expect eof
lassign [wait] pid id failed code
exit $code
`

test('real programs', { skip: skipSsh('expect', 'curl') }, async (t) => {
  const world = await inside(
    {
      status: `${SSH} ${HOST} 'exit 3'`,
      streams: `${SSH} ${HOST} 'echo out; echo err >&2; cat' </dev/null`,
      stdin: `printf 'a\\nb' | ${SSH} ${HOST} 'cat; echo $?'`,
      killed: `${SSH} -v -o LogLevel=DEBUG1 ${HOST} 'kill -TERM $$'`,
      size: `${SSH} -tt ${HOST} 'stty size; tty' </dev/null`,
      noTerminal: `${SSH} ${HOST} tty`,
      home: `${SSH} ${HOST} 'pwd; echo $HOME $USER $LOGNAME; cd && pwd'`,
      environment: `LC_TIME=C ${SSH} -o SendEnv=LC_TIME ${HOST} 'echo $LC_TIME; env | grep -ci secret; echo $SSH_CONNECTION'`,
      network: `${SSH} ${HOST} 'curl -sS -m 5 -o /dev/null -w %{response_code} http://www.harbor.test/'`,
      outside: `${SSH} ${HOST} 'curl -sS -m 5 http://192.0.32.8/'`,
      large: `${SSH} ${HOST} 'head -c 50000000 /dev/zero' | wc -c`,
      hangs: `${SSH} -tt ${HOST} 'echo $$ > pid; exec sleep 1000' </dev/null & ssh=$!; until ${SSH} ${HOST} 'test -s pid'; do :; done; kill $ssh; wait $ssh; until ! ${SSH} ${HOST} 'kill -0 $(cat pid)' 2>/dev/null; do :; done; echo gone`,
      window: 'expect window.exp',
      interrupted: 'expect interrupted.exp',
      jobs: 'expect jobs.exp',
    },
    sshWorld({ files: { 'window.exp': WINDOW, 'interrupted.exp': INTERRUPTED, 'jobs.exp': JOBS } }),
  )

  await t.test('statuses and streams', () => {
    assert.equal(world.step('status').code, 3)
    assert.deepEqual(world.step('streams'), { code: 0, stdout: 'out\n', stderr: 'err\n' })
    assert.equal(world.output('stdin'), 'a\nb0\n')
    assert.equal(world.output('large').trim(), '50000000')
  })
  await t.test('an end by a signal is told as one', () => {
    const { code, stderr } = world.step('killed')
    assert.equal(code, 255)
    assert.match(stderr, /rtype exit-signal/)
  })
  await t.test('a home, a small environment, and the network of the world', () => {
    const [start, variables, changed] = world.output('home').split('\n')
    assert.equal(variables, `${start} alice alice`)
    assert.equal(changed, start)
    assert.match(world.output('environment'), /^C\n0\n2001:db8::\S+ \d+ \S+ 22\n$/)
    assert.match(world.output('network'), /^\d{3}$/)
    assert.notEqual(world.step('outside').code, 0)
  })
  await t.test('terminals: size, window changes, signals, jobs', () => {
    assert.match(world.output('size'), /^\d+ \d+\r\n\/dev\/pts\/\d+\r\n$/)
    assert.equal(world.step('noTerminal').stdout, 'not a tty\n')
    assert.equal(world.step('window').code, 5, world.step('window').stdout)
    assert.match(world.step('window').stdout, /31 97/)
    assert.equal(world.step('interrupted').code, 6, world.step('interrupted').stdout)
    assert.equal(world.step('jobs').code, 8, world.step('jobs').stdout)
  })
  await t.test('nothing runs on when the peer is gone', () => {
    assert.match(world.output('hangs'), /gone\n$/)
  })
})

test('rsync both ways, and git', { skip: skipSsh('rsync', 'git') }, async (t) => {
  const rsync = `rsync -a -e '${SSH}'`
  const world = await inside(
    {
      up: `${rsync} odd/ ${HOST}:odd/`,
      down: `${rsync} ${HOST}:odd/ back/`,
      changes: 'echo more >> odd/plain.txt; rm -- "odd/two words"; echo new > odd/--new',
      again: `${rsync} -i --delete odd/ ${HOST}:odd/`,
      strays: 'touch back/stray; mkdir back/strays; touch back/strays/one',
      backAgain: `${rsync} --delete ${HOST}:odd/ back/`,
      quiet: `${rsync} -i --delete odd/ ${HOST}:odd/`,
      bare: `${SSH} ${HOST} 'git init -q --bare -b main code.git'`,
      clone: `${GIT} git clone -q ${HOST}:code.git first 2>&1`,
      push: `${GIT} cd first && git checkout -q -B main && echo one > file && git add file && git commit -q -m one && git push -q origin main`,
      second: `${GIT} git clone -q ssh://alice@${HOST}/~/code.git second && cat second/file`,
      pull: `${GIT} (cd second && head -c 3000000 /dev/urandom > big && git add big && git commit -q -m big && git push -q) && cd first && git pull -q origin main && cmp big ../second/big && git fsck`,
    },
    sshWorld({ site: (folder) => layOddTree(join(folder, 'odd'), { files: 1000, lineEnds: true }) }),
  )
  await t.test('a tree of odd names, there and back', () => {
    for (const name of ['up', 'down', 'changes', 'again', 'strays', 'backAgain'] as const) world.output(name)
    assert.deepEqual(
      treeDifferences(
        treeOf(join(world.folder, 'odd'), { times: true }),
        treeOf(join(world.folder, 'back'), { times: true }),
      ),
      [],
    )
    assert.match(world.output('again'), /\*deleting +two words/)
    assert.equal(world.output('quiet'), '')
  })
  await t.test('git clones, pushes and pulls', () => {
    for (const name of ['bare', 'clone', 'push', 'pull'] as const) world.output(name)
    assert.equal(world.output('second'), 'one\n')
  })
})

test('exec: real is refused where others on this machine reach it', { skip: skipSsh() }, async () => {
  const folder = newFolder({ 'world.yaml': 'hosts:\n  dev.harbor.test:\n    - ssh: { exec: real }\n' })
  const ran = await portolan(['up', '--world', join(folder, 'world.yaml')])
  assert.notEqual(ran.code, 0)
  assert.match(ran.stderr, /exec: real/)
})
