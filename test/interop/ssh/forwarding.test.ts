// Streams through a host: to others of the world, back to the client, by SOCKS and over a host to the next; and nowhere that
// the gate or the world does not lead.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

const HOST = 'files.harbor.test'
const CURL = 'curl -sS -m 10 -o /dev/null -w %{response_code}'
const MANY = 20

/** A master in the background that holds the forwards, the line, and its end. */
function through(forwards: string, line: string): string {
  const control = '-o ControlPath=$PWD/mux.$$'
  const begin = `${SSH} ${control} -o ControlMaster=yes -o ExitOnForwardFailure=yes -o LogLevel=INFO -E mux.said -f -N ${forwards} ${HOST}`
  return `rm -f mux.said; ${begin} || { cat mux.said >&2; exit 1; }; ${line}; code=$?; ${SSH} ${control} -O exit ${HOST} 2>/dev/null; cat mux.said >&2; exit $code`
}

/** A server of the client's own, up before the line runs. */
function serving(line: string): string {
  return `rm -f up; mkfifo up; python3 -u serve.py >up 2>/dev/null & served=$!; read -r port <up; (${line}); code=$?; kill $served; wait $served; exit $code`
}

const SERVE = `import http.server
server = http.server.HTTPServer(('127.0.0.1', 9000), http.server.SimpleHTTPRequestHandler)
print(9000, flush=True)
server.serve_forever()
`

const FIREWALL = `firewall:
  rules:
    - reject: { from: files.harbor.test, to: www.harbor.test, port: 443, because: nothing secret }
`

test('forwarding', { skip: skipSsh('curl', 'python3') }, async (t) => {
  const world = await inside(
    {
      local: through('-L 8001:www.harbor.test:80', `${CURL} http://127.0.0.1:8001/`),
      localSix: through('-L [::1]:8001:www.harbor.test:80', `${CURL} http://[::1]:8001/`),
      many: through(
        '-L 8002:www.harbor.test:80',
        `for n in $(seq ${MANY}); do ${CURL} http://127.0.0.1:8002/ & done; wait`,
      ),
      socks: through('-D 1080', `${CURL} --socks5-hostname 127.0.0.1:1080 http://www.harbor.test/`),
      socksAddress: through('-D 1080', `${CURL} --socks5 127.0.0.1:1080 http://www.harbor.test/`),
      stream: `printf 'GET / HTTP/1.0\\r\\nHost: www.harbor.test\\r\\n\\r\\n' | ${SSH} -W www.harbor.test:80 ${HOST} | head -1`,
      itself: `${SSH} -W localhost:22 ${HOST} </dev/null | head -1`,
      jump: `${SSH} -J ${HOST} jump.harbor.test hostname`,
      jumps: `${SSH} -J ${HOST},jump.harbor.test dev.harbor.test 'echo $SSH_CONNECTION | cut -d" " -f1'; dig +short jump.harbor.test A`,
      remote: serving(through('-R 8080:127.0.0.1:9000', `${SSH} -W ${HOST}:8080 jump.harbor.test < request | head -1`)),
      remoteAny: serving(through('-R 0:127.0.0.1:9000', 'cat mux.said')),
      closed: `${SSH} -W ${HOST}:8080 jump.harbor.test </dev/null`,
      firewall: through('-L 8003:www.harbor.test:443', `${CURL} http://127.0.0.1:8003/`),
      nobody: through('-L 8004:192.0.32.8:80', `${CURL} http://127.0.0.1:8004/`),
      nameless: through('-L 8005:www.example.com:80', `${CURL} http://127.0.0.1:8005/`),
      shut: through('-L 8006:www.harbor.test:81', `${CURL} http://127.0.0.1:8006/`),
      agent: `eval "$(ssh-agent -s)" >/dev/null; ${SSH} -A ${HOST} 'echo "[$SSH_AUTH_SOCK]"'; kill $SSH_AGENT_PID`,
      display: `DISPLAY=:0 ${SSH} -X ${HOST} 'echo "[$DISPLAY]"'`,
      socket: through('-L 8007:/run/nothing.sock', `${CURL} http://127.0.0.1:8007/`),
    },
    sshWorld({
      more: FIREWALL,
      files: { 'serve.py': SERVE, request: 'GET /serve.py HTTP/1.0\r\n\r\n' },
    }),
  )

  await t.test('to other hosts, by name and address', () => {
    for (const name of ['local', 'localSix', 'socks', 'socksAddress'] as const)
      assert.match(world.output(name), /^\d{3}$/)
    assert.match(world.output('many'), new RegExp(`^(\\d{3}){${MANY}}$`))
    assert.match(world.output('stream'), /^HTTP\/1\.[01] /)
    assert.match(world.output('itself'), /^SSH-2\.0-/)
  })
  await t.test('over one host, and over two', () => {
    assert.equal(world.output('jump').trim().split('.')[0], 'jump')
    const [from, jump] = world.output('jumps').split('\n')
    assert.equal(from, jump)
  })
  await t.test('back to the client', () => {
    assert.match(world.output('remote'), /^HTTP\/1\.0 200 /)
    assert.match(world.step('remoteAny').stderr, /Allocated port \d+ for remote forward/)
    assert.notEqual(world.step('closed').code, 0)
  })
  await t.test('not where the gate or the world ends', () => {
    for (const name of ['firewall', 'nobody', 'nameless', 'shut', 'socket'] as const) {
      assert.notEqual(world.step(name).code, 0, name)
      assert.match(
        world.step(name).stderr,
        /open failed: (administratively prohibited|connect failed|unknown channel type)/,
        name,
      )
    }
    assert.ok(world.report.refused.some(({ thing }) => thing.because === 'nothing secret'))
  })
  await t.test('agents and displays stay where they are', () => {
    assert.equal(world.output('agent'), '[]\n')
    assert.equal(world.output('display'), '[]\n')
  })
})

test('forwarding that the world file turns off', { skip: skipSsh('curl') }, async () => {
  const world = await inside(
    {
      local: through('-L 8001:www.harbor.test:80', `${CURL} http://127.0.0.1:8001/`),
      remote: through('-R 8080:127.0.0.1:9000', 'true'),
      command: `${SSH} ${HOST} whoami`,
    },
    sshWorld({ settings: 'forwarding: false' }),
  )
  assert.notEqual(world.step('local').code, 0)
  assert.match(world.step('local').stderr, /administratively prohibited/)
  assert.notEqual(world.step('remote').code, 0)
  assert.equal(world.output('command'), 'alice\n')
})
