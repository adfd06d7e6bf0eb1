import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { portHolders } from './port-holders.ts'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, uid: number, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0 100 0 0 10 0\n`

/** A /proc with one process, 812, that has the sockets `open`. */
function procWith(t: TestContext, tables: Readonly<Record<string, string>>, open: readonly number[]): string {
  const proc = mkdtempSync(join(tmpdir(), 'proc-'))
  t.after(() => rmSync(proc, { recursive: true }))
  mkdirSync(join(proc, 'net'))
  mkdirSync(join(proc, '812', 'fd'), { recursive: true })
  for (const [name, rows] of Object.entries(tables)) writeFileSync(join(proc, 'net', name), HEAD + rows)
  writeFileSync(join(proc, '812', 'comm'), 'sshd\n')
  open.forEach((inode, at) => symlinkSync(`socket:[${inode}]`, join(proc, '812', 'fd', String(at))))
  return proc
}

test('listeners are found with their processes, others by their user, connections not at all', async (t) => {
  const tables = {
    tcp:
      row('0100007F:0016', '0A', 1000, 11) + row('0100007F:0016', '01', 1000, 12) + row('00000000:0017', '0A', 0, 13),
    tcp6:
      row('B80D0120000000000000000001000000:0016', '0A', 0, 14) +
      row('0000000000000000FFFF00000100007F:0016', '0A', 0, 15),
    udp: row('00000000:0016', '07', 1000, 16),
  }
  const proc = procWith(t, tables, [11, 16])
  const sshd = { pid: 812, command: 'sshd' }
  assert.deepEqual(await portHolders(22, { platform: 'linux', proc }), {
    kind: 'holders',
    holders: [
      { transport: 'tcp', ip: '127.0.0.1', port: 22, uid: 1000, process: sshd },
      { transport: 'tcp', ip: '2001:db8::1', port: 22, uid: 0 },
      { transport: 'tcp', ip: '127.0.0.1', port: 22, uid: 0 },
      { transport: 'udp', ip: '0.0.0.0', port: 22, uid: 1000, process: sshd },
    ],
  })
})

test('a free port has no holders', async (t) => {
  assert.deepEqual(await portHolders(22, { platform: 'linux', proc: procWith(t, {}, []) }), {
    kind: 'holders',
    holders: [],
  })
})

test('other systems say that they cannot tell', async () => {
  assert.deepEqual(await portHolders(22, { platform: 'win32' }), {
    kind: 'unavailable',
    reason: 'on win32 the holders of ports cannot be read',
  })
})

test('this process is found as the holder of its own ports', { skip: process.platform !== 'linux' }, async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const socket = createSocket('udp6').bind(address.port, '::1')
  await once(socket, 'listening')
  const found = await portHolders(address.port)
  server.close()
  socket.close()
  assert.ok(found.kind === 'holders')
  assert.deepEqual(
    found.holders.map((holder) => [holder.transport, holder.ip, holder.process?.pid]),
    [
      ['tcp', '127.0.0.1', process.pid],
      ['udp', '::1', process.pid],
    ],
  )
})
