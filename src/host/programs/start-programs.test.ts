// Real programs as real processes: pipes, terminals, signals, and that nothing is left behind.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { isFailure } from '../../core/failure.ts'
import type { Program, ProgramOptions, Terminal } from '../../core/programs.ts'
import { startPrograms } from './start-programs.ts'

const home = mkdtempSync(join(tmpdir(), 'portolan-programs-'))
after(() => rmSync(home, { recursive: true, force: true }))

const linux = process.platform === 'linux' ? {} : { skip: 'terminals for real programs exist on Linux only' }
const TERMINAL: Terminal = {
  type: 'xterm',
  columns: 100,
  rows: 30,
  widthPixels: 0,
  heightPixels: 0,
  modes: new Map(),
}

/** Runs `use` with a program, and stops all afterwards. */
async function withProgram(
  options: Partial<ProgramOptions>,
  use: (program: Program) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const programs = startPrograms({ shell: '/bin/sh', environment })
  const program = await programs.start({ home, user: 'alice', environment: {}, ...options })
  assert.ok(!isFailure(program), isFailure(program) ? program.message : '')
  try {
    await use(program)
  } finally {
    await programs.stop()
  }
}

/** What comes out until `wanted` has come. */
async function until(program: Program, wanted: RegExp): Promise<string> {
  let seen = ''
  for await (const chunk of program.stdout.iterator({ destroyOnReturn: false })) {
    seen += String(chunk)
    if (wanted.test(seen)) return seen
  }
  throw new Error(`ended without ${wanted}: ${JSON.stringify(seen)}`)
}

/** A process that has ended stays a zombie until its parent looks. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

async function hasEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
}

test('a command has its home, a small environment, both outputs and its exit code', async () => {
  const command = 'pwd; echo "$HOME $USER $LOGNAME $SHELL $SSH_CLIENT $GIVEN"; echo wrong >&2; exit 3'
  const environment = { SSH_CLIENT: '10.0.0.1 4000 22', HOME: '/elsewhere' }
  await withProgram(
    { command, environment },
    async (program) => {
      const [out, wrong] = await Promise.all([text(program.stdout), text(program.stderr ?? program.stdout)])
      assert.equal(out, `${home}\n${home} alice alice /bin/sh 10.0.0.1 4000 22 of the world\n`)
      assert.equal(wrong, 'wrong\n')
      assert.deepEqual(await program.ended, { code: 3 })
    },
    { GIVEN: 'of the world' },
  )
})

test('nothing of this process is in its environment', async () => {
  process.env['PORTOLAN_TEST_SECRET'] = 'kept'
  await withProgram({ command: 'env' }, async (program) => {
    assert.doesNotMatch(await text(program.stdout), /PORTOLAN_TEST_SECRET/)
  })
  delete process.env['PORTOLAN_TEST_SECRET']
})

test('a mebibyte goes through unchanged, and its end is the end', async () => {
  await withProgram({ command: 'cat' }, async (program) => {
    const bytes = Buffer.alloc(1 << 20, 'some bytes ')
    program.stdin.end(bytes)
    assert.equal(await text(program.stdout), bytes.toString())
    assert.deepEqual(await program.ended, { code: 0 })
  })
})

test('a folder that is not there is a failure', async () => {
  const programs = startPrograms({ shell: '/bin/sh' })
  const found = await programs.start({ command: 'true', home: join(home, 'none'), user: 'alice', environment: {} })
  assert.ok(isFailure(found))
})

test('a signal reaches the program and its children, and is how it ended', async () => {
  await withProgram({ command: 'sleep 1000 & echo $!; wait' }, async (program) => {
    const child = Number.parseInt(await until(program, /\d+\n/), 10)
    program.signal('NONSENSE')
    program.signal('TERM')
    assert.deepEqual(await program.ended, { signal: 'TERM', coreDumped: false })
    await text(program.stdout)
    await hasEnded(child)
  })
})

test('a terminal has its size, its type and its modes', linux, async () => {
  const terminal = {
    ...TERMINAL,
    modes: new Map([
      [53, 0],
      [5, 24],
    ]),
  }
  await withProgram({ command: 'stty size; echo $TERM; stty -a; tty', terminal }, async (program) => {
    const out = await text(program.stdout)
    assert.match(out, /^30 100\r\nxterm\r\n/)
    assert.match(out, /-echo /)
    assert.match(out, /eof = \^X/)
    assert.match(out, /\/dev\/pts\/\d+\r\n$/)
    assert.deepEqual(await program.ended, { code: 0 })
  })
})

test('a change of the window reaches the program', linux, async () => {
  const command = 'trap "stty size; exit 0" WINCH; echo ready; while :; do sleep 0.01; done'
  await withProgram({ command, terminal: TERMINAL }, async (program) => {
    await until(program, /ready/)
    program.resize({ columns: 120, rows: 50, widthPixels: 0, heightPixels: 0 })
    assert.match(await text(program.stdout), /50 120/)
  })
})

test('^C ends what is in front, and the shell goes on', linux, async () => {
  await withProgram({ terminal: TERMINAL }, async (program) => {
    program.stdin.write('PS1=; sh -c "echo rea\\"\\"dy; exec sleep 1000"\n')
    await until(program, /ready\r\n/)
    program.stdin.write('\x03')
    program.stdin.write('echo still here; exit 4\n')
    assert.match(await text(program.stdout), /still here\r\n/)
    assert.deepEqual(await program.ended, { code: 4 })
  })
})

test('^Z stops what is in front, and fg takes it back', linux, async () => {
  await withProgram({ terminal: TERMINAL }, async (program) => {
    program.stdin.write('PS1=; sh -c "echo rea\\"\\"dy; read x; echo got \\$x"\n')
    await until(program, /ready\r\n/)
    program.stdin.write('\x1a')
    await until(program, /Stopped/)
    program.stdin.write('fg\nword\n')
    await until(program, /got word/)
    program.stdin.write('exit\n')
    assert.deepEqual(await program.ended, { code: 0 })
  })
})

test('a signal to a terminal is for what is in front', linux, async () => {
  await withProgram({ terminal: TERMINAL }, async (program) => {
    program.stdin.write('PS1=; sh -c "echo rea\\"\\"dy; exec sleep 1000"; echo "status $?"\n')
    await until(program, /ready\r\n/)
    program.signal('TERM')
    await until(program, /status 143/)
    program.stdin.write('exit\n')
    await program.ended
  })
})

test('all output of a terminal comes before its end, though another holds it open', linux, async () => {
  const command = 'trap "" HUP; sleep 1000 & i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done'
  await withProgram({ command, terminal: TERMINAL }, async (program) => {
    const lines = (await text(program.stdout)).trimEnd().split('\r\n')
    assert.equal(lines.length, 3000)
    assert.equal(lines.at(-1), 'line 2999')
  })
})

test('hanging up ends the session of a terminal', linux, async () => {
  await withProgram({ command: 'sleep 1000 & echo $!; wait', terminal: TERMINAL }, async (program) => {
    const child = Number.parseInt(await until(program, /\d+\r\n/), 10)
    program.hangUp()
    assert.deepEqual(await program.ended, { signal: 'HUP', coreDumped: false })
    await hasEnded(child)
  })
})

test('nothing is left when all is stopped, whatever sessions it has made and signals it ignores', linux, async () => {
  const programs = startPrograms({ shell: '/bin/sh' })
  const command =
    'trap "" HUP TERM; setsid sh -c "trap \\"\\" HUP TERM; sleep 1000 & echo \\$!; echo \\$\\$; wait" & wait'
  const program = await programs.start({ command, home, user: 'alice', environment: {} })
  assert.ok(!isFailure(program))
  const pids = (await until(program, /\d+\n\d+\n/)).trim().split('\n').map(Number)
  assert.ok(pids.every(isAlive))
  await programs.stop()
  assert.deepEqual(pids.filter(isAlive), [])
  assert.deepEqual(await program.ended, { signal: 'KILL', coreDumped: false })
})
