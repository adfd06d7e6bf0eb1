// FTP's data ports in the private plane: open for the client that agreed on one, closed to the world's other clients, and to
// everybody once the transfer is over.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from './inside.ts'
import { portolan, PORTOLAN, skipWithout, start } from './portolan.ts'

const WORLD = `portolan: 1
domains: { harbor.test: {} }
hosts:
  ns.harbor.test: [dns]
  files.harbor.test: [ftp]
  laptop: { client: true }
  desktop: { client: true }
firewall:
  default: reject
  rules: [{ allow: { service: [ftp, dns], because: files and names } }]
`

/** Python's ftplib agrees on a port for each family, and tries it when told to: before the transfer, during, after. */
const CLIENT = `import ftplib, socket, sys
def tried(place):
  try:
    socket.create_connection(place, 5).close()
    return 'in'
  except OSError as error:
    return error.strerror
for family in socket.AF_INET, socket.AF_INET6:
  address = socket.getaddrinfo('files.harbor.test', 21, family)[0][4][0]
  ftp = ftplib.FTP()
  ftp.connect(address)
  ftp.login()
  place = ftp.makepasv()
  print('port', place[0], place[1], flush=True)
  sys.stdin.readline()
  data = socket.create_connection(place, 5)
  ftp.putcmd('NLST')
  ftp.getresp()
  print('during', tried(place), flush=True)
  while data.recv(4096): pass
  print(ftp.getresp()[:3], flush=True)
  print('after', tried(place), flush=True)
  ftp.quit()
print('done', flush=True)
`

const CURL_NOT_CONNECTED = 7

const trying = (ip: string, port: string) =>
  portolan([
    'exec',
    '--as',
    'desktop',
    'curl',
    '-sS',
    '-m',
    '5',
    `telnet://${ip.includes(':') ? `[${ip}]` : ip}:${port}`,
  ])

test('a data port opens for the client that agreed on it', { skip: skipWithout('python3', 'curl') }, async () => {
  const cwd = newFolder({ 'world.yaml': WORLD, 'client.py': CLIENT })
  const words = ['run', '--world', join(cwd, 'world.yaml'), '--report', 'json', '--', 'python3', join(cwd, 'client.py')]
  const run = start(PORTOLAN, words)
  for (const said of [/port ([\d.]+) (\d+)/, /port ([\da-f]+:[\da-f:]+) (\d+)/]) {
    const [, ip = '', port = ''] = await run.says(said)
    const { code, stderr } = await trying(ip, port)
    assert.equal(code, CURL_NOT_CONNECTED, stderr)
    run.write('\n')
  }
  await run.says(/done/)
  const { code, stdout, stderr } = await run.done
  assert.equal(code, 0, stderr)
  assert.equal(stdout.match(/^during Connection refused$/gm)?.length, 2, stdout)
  assert.equal(stdout.match(/^226$/gm)?.length, 2, stdout)
  assert.equal(stdout.match(/^after Connection refused$/gm)?.length, 2, stdout)
  assert.match(stderr, /agreed in flow \d+: E?P[AS]+SV in a conversation with ftp/)
  assert.match(stderr, /another peer has agreed on this port/)
})
