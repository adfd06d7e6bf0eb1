// Python's ftplib: both ways, active and passive, in the clear and under TLS. By itself it takes up no TLS session for data,
// which is refused as vsftpd refuses it, and served where the world file says so.

import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { ftpWorld, HOST, layFolders, LENIENT, skipFtp } from './world.ts'

/** More than sockets hold of a transfer that nobody reads; a hole, on the disk. */
const LARGE_BYTES = 64 << 20
const SESSION = join(import.meta.dirname, 'python-session.py')
const BOTH_WAYS = ['226', true, true]
/** Where active data comes from, one below the control port (RFC 959 §5.2). */
const DATA_PORT = 20

function lay(folder: string): void {
  layFolders(folder)
  const large = join(folder, 'site', 'large.bin')
  writeFileSync(large, '')
  truncateSync(large, LARGE_BYTES)
}

test('ftplib', { skip: skipFtp('python3') }, async (t) => {
  const world = await inside({ session: `python3 ${SESSION} ${HOST} ${LENIENT}` }, { world: ftpWorld(), site: lay })
  const told: Record<string, unknown> = JSON.parse(world.output('session'))

  await t.test('moves files, passive and active, over IPv4 and IPv6', () => {
    assert.deepEqual(told['plain'], BOTH_WAYS)
    assert.deepEqual(told['active'], [...BOTH_WAYS, DATA_PORT, '226'])
    assert.deepEqual(told['six'], [...BOTH_WAYS, ...BOTH_WAYS])
  })
  await t.test('makes, lists, renames, dates and removes', () => {
    const made = '/a "quoted" ü'
    const changed = '213 20010203040506'
    assert.deepEqual(told['management'], [made, ['y'], '1', changed, ['y'], 1, made, '/'])
  })
  await t.test('lines in ASCII', () => {
    const lines = ['one', 'two', '', 'end']
    assert.deepEqual(told['lines'], [lines, lines.map((line) => `${line}\n`).join('')])
  })
  await t.test('stores under names of their own, breaks off, and is told what is wrong', () => {
    assert.deepEqual(told['unique'], ['226', '226'])
    assert.deepEqual(told['abort'], ['426', '226', '200', true])
    assert.deepEqual(told['errors'], ['425', '550', '550', '550', '550', '503', '550', '500', '501'])
  })
  await t.test('TLS 1.3 and 1.2, with the session taken up', () => {
    assert.deepEqual(told['tls'], [...BOTH_WAYS, ...BOTH_WAYS, 'TLSv1.3'])
    assert.deepEqual(told['tls12'], [...BOTH_WAYS, ...BOTH_WAYS, 'TLSv1.2'])
  })
  await t.test('and without: refused, nothing stored, and the conversation goes on', () => {
    for (const name of ['tls', 'tls12']) assert.deepEqual(told[`${name} without reuse`], ['522', '200', false])
  })
  await t.test('and without, where that will do', () => {
    for (const name of ['tls', 'tls12']) assert.deepEqual(told[`${name} where that will do`], BOTH_WAYS)
  })
})
