// What `run` keeps of a program: exit code, signals, streams, directory, environment, ids, terminal, children.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { newFolder } from './inside.ts'
import { PORTOLAN, portolan, runProgram, RUNTIME, skipWithout, start, type Started } from './portolan.ts'

const skip = skipWithout()
const QUIET = ['run', '--report', 'none', '--'] as const
/** More than a pipe holds, with every byte value and no line structure. */
const STREAM_BYTES = 300_000

test('how a program ends', { skip, concurrency: 2 }, async (t) => {
  const ends = (name: string, words: readonly string[], expected: { code: number | null; signal: string | null }) =>
    t.test(name, async () => {
      const { code, signal } = await portolan([...QUIET, ...words])
      assert.deepEqual({ code, signal }, expected)
    })
  await Promise.all([
    ends('its exit code is kept', ['sh', '-c', 'exit 42'], { code: 42, signal: null }),
    ends('the signal that killed it is kept', ['sh', '-c', 'kill -KILL $$'], { code: null, signal: 'SIGKILL' }),
    ends('SIGTERM too', ['sh', '-c', 'kill -TERM $$'], { code: null, signal: 'SIGTERM' }),
    ends('a program that is not there is 127', ['no-such-program'], { code: 127, signal: null }),
    ends('one that cannot be executed is 126', ['/etc/passwd'], { code: 126, signal: null }),
  ])
})

test('a shell sees 128 and the signal', { skip }, async () => {
  const shell = start('sh', ['-c', `${PORTOLAN} ${QUIET.join(' ')} sh -c 'kill -9 $$'; echo "code $?"`])
  shell.end()
  assert.match((await shell.done).stdout, /^code 137$/m)
})

test('bytes pass through standard input and output unaltered', { skip }, async () => {
  const input = randomBytes(STREAM_BYTES)
  const ran = await portolan([...QUIET, 'cat'], { input })
  assert.equal(ran.code, 0)
  assert.ok(ran.bytes.equals(input), `${ran.bytes.length} bytes came back`)
})

test('the program keeps its place and its ids', { skip }, async (t) => {
  const cwd = join(newFolder(), 'a folder')
  mkdirSync(cwd)
  const env = { ODD: 'two words\n"quoted" $HOME', https_proxy: 'http://192.0.2.99:3128' }
  const script = 'pwd; id -u; id -g; printenv ODD; printenv https_proxy; umask; echo to-stderr >&2; ls -A /proc/self/fd'
  const ran = await portolan([...QUIET, 'sh', '-c', script], { cwd, env })
  const lines = ran.stdout.split('\n')

  await t.test('working directory', () => assert.equal(lines[0], cwd))
  await t.test('uid and gid', () =>
    assert.deepEqual(lines.slice(1, 3), [String(process.getuid?.()), String(process.getgid?.())]),
  )
  await t.test('environment, proxies left out', () =>
    assert.deepEqual(lines.slice(3, 6), ['two words', '"quoted" $HOME', process.umask().toString(8).padStart(4, '0')]),
  )
  await t.test('standard error, and nothing of ours in it', () => assert.equal(ran.stderr, 'to-stderr\n'))
  await t.test('no file of ours stays open in it', async () => {
    const outside = await runProgram('ls', ['-A', '/proc/self/fd'])
    assert.deepEqual(lines.slice(6), outside.stdout.split('\n'))
  })
})

test('its loopback is its own', { skip: skipWithout('curl', 'python3') }, async () => {
  const host = createServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nthe host')).listen(0, '127.0.0.1')
  await once(host, 'listening')
  const bound = host.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const own = `python3 -c "
import http.server as h, os, subprocess, threading
s = h.HTTPServer(('127.0.0.1', ${port}), h.SimpleHTTPRequestHandler)
threading.Thread(target=s.serve_forever, daemon=True).start()
print(subprocess.run(['curl', '-sS', '-o', '/dev/null', '-w', '%{response_code}', 'http://127.0.0.1:${port}/nothing'], capture_output=True, text=True).stdout)
"`
  const ran = await portolan([...QUIET, 'sh', '-c', `curl -sS -m 3 http://127.0.0.1:${port}/; echo "code $?"; ${own}`])
  host.close()
  assert.deepEqual(ran.stdout.trim().split('\n'), ['code 7', '404'])
})

test('what it leaves behind is waited for, and stays inside', { skip: skipWithout('curl') }, async () => {
  const cwd = newFolder()
  const fork = 'while kill -0 $first 2>/dev/null; do :; done; curl -sS http://www.harbor.test/ >late'
  const ran = await portolan([...QUIET, 'sh', '-c', `first=$$; (${fork}) >/dev/null 2>&1 & exit 5`], { cwd })
  assert.equal(ran.code, 5)
  assert.match(readFileSync(join(cwd, 'late'), 'utf8'), /www\.harbor\.test/)

  const daemon = `while kill -0 "$1" 2>/dev/null; do :; done; curl -sS http://www.harbor.test/ >later`
  const words = ['sh', '-c', `setsid -f sh -c '${daemon}' sh $$ </dev/null >/dev/null 2>&1; exit 6`]
  assert.equal((await portolan([...QUIET, ...words], { cwd })).code, 6)
  assert.match(readFileSync(join(cwd, 'later'), 'utf8'), /www\.harbor\.test/)
})

test('signals reach the program', { skip }, async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const) {
    await t.test(signal, async () => {
      const trap = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; read -r never`
      const run = start(PORTOLAN, [...QUIET, 'sh', '-c', trap])
      await run.says(/ready/)
      run.signal(signal)
      const ran = await run.done
      assert.deepEqual([ran.code, ran.stdout], [9, 'ready\ngot\n'])
    })
  }
})

test('a world that is killed takes its program with it', { skip }, async () => {
  const run = start(PORTOLAN, [...QUIET, 'sh', '-c', 'echo pid $$; exec sleep 30'])
  const [, pid] = await run.says(/pid (\d+)/)
  run.signal('SIGKILL')
  assert.equal((await run.done).signal, 'SIGKILL')
  assert.ok(await ended(Number(pid)), 'the program runs on')
  const ran = await portolan(['ls'])
  assert.match(ran.stderr, /no world is running/)
})

test('a terminal is kept', { skip: skipWithout('script') }, async (t) => {
  await t.test('with its device and the exit code', async () => {
    const session = terminal(`sh -c 'tty; exit 3'`)
    const ran = await session.done
    assert.match(ran.stdout, /^\/dev\/pts\/\d+\r?\n/)
    assert.equal(ran.code, 3)
  })
  await t.test('and Ctrl-C goes to the program', async () => {
    const session = terminal(`sh -c 'trap "echo got; exit 4" INT; echo ready; read -r never'`)
    await session.says(/ready/)
    session.write('\u0003')
    const ran = await session.done
    assert.match(ran.stdout, /got/)
    assert.equal(ran.code, 4)
  })
})

test('nothing of a world is left', { skip }, async () => {
  await portolan([...QUIET, 'true'])
  assert.doesNotMatch(readFileSync('/proc/mounts', 'utf8'), new RegExp(RUNTIME))
})

function terminal(line: string): Started {
  return start('script', ['-qec', `exec ${PORTOLAN} ${QUIET.join(' ')} ${line}`, '/dev/null'])
}

/** Whether the process has ended, or does within a second. A zombie that nobody reaps has. */
async function ended(pid: number): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    const stat = `/proc/${pid}/stat`
    if (!existsSync(stat) || readFileSync(stat, 'utf8').includes(') Z ')) return true
    await setTimeout(10)
  }
  return false
}
