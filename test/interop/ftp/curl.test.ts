// curl over FTP: both ways, resumed, active and passive, by each of its ways to a file, in the clear and under TLS of both
// kinds, over IPv4 and IPv6.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SeededRandom } from '../../../src/sim/seeded.ts'
import { inside, type Inside } from '../inside.ts'
import { ftpWorld, HOST, layFolders, LENIENT, LOGIN, SHELF, skipFtp } from './world.ts'

const BIG = Buffer.from(new SeededRandom(21).bytes(700_001))
const PART_BYTES = 300_000

const CURL = `curl -sSf -m 10 -u ${LOGIN}`
const AT = `ftp://${HOST}`
const NO_LOGIN = 67
const NO_FILE = 78
const NO_UPLOAD = 25

function lay(folder: string): void {
  layFolders(folder)
  mkdirSync(join(folder, 'site', 'deep', 'er'), { recursive: true })
  writeFileSync(join(folder, 'big.bin'), BIG)
  writeFileSync(join(folder, 'site', 'big.bin'), BIG)
  writeFileSync(join(folder, 'site', 'deep', 'er', 'a b#c.txt'), 'odd\n')
  writeFileSync(join(folder, 'shelf', 'book.txt'), 'a book\n')
  writeFileSync(join(folder, 'part.bin'), BIG.subarray(0, PART_BYTES))
}

function sameFile({ folder }: Inside<string>, ...names: readonly string[]): void {
  for (const name of names) assert.ok(readFileSync(join(folder, name)).equals(BIG), name)
}

test('curl', { skip: skipFtp('curl') }, async (t) => {
  const download = (name: string, words: string): string => `${CURL} ${words} ${AT}/big.bin -o ${name}`
  const upload = (name: string, words: string): string => `${CURL} ${words} -T big.bin ${AT}/${name}`
  const world = await inside(
    {
      get: download('got.bin', ''),
      get4: download('got4.bin', '-4'),
      get6: download('got6.bin', '-6'),
      noEpsv: download('got-pasv.bin', '-4 --disable-epsv'),
      active4: download('got-active4.bin', '-4 --ftp-port -'),
      active6: download('got-active6.bin', '-6 --ftp-port -'),
      port: download('got-port.bin', '-4 --ftp-port - --disable-eprt'),
      explicit: download('got-tls.bin', '--ssl-reqd'),
      explicit6: download('got-tls6.bin', '--ssl-reqd -6'),
      tls12: download('got-tls12.bin', '--ssl-reqd --tls-max 1.2'),
      controlOnly: download('got-control.bin', '--ssl-reqd --ftp-ssl-control'),
      implicit: `${CURL} ftps://${HOST}/big.bin -o got-ftps.bin`,
      ccc: download('got-ccc.bin', '--ssl-reqd --ftp-ssl-ccc --ftp-ssl-control'),
      resume: `cp part.bin resumed.bin && ${CURL} -C - ${AT}/big.bin -o resumed.bin`,
      resumeTls: `cp part.bin resumed-tls.bin && ${CURL} --ssl-reqd -C - ${AT}/big.bin -o resumed-tls.bin`,
      range: `${CURL} -r 100-199 ${AT}/big.bin -o range.bin`,
      put: upload('put.bin', ''),
      put6: upload('put6.bin', '-6'),
      putActive: upload('put-active.bin', '-4 --ftp-port -'),
      putTls: upload('put-tls.bin', '--ssl-reqd'),
      putTls12: upload('put-tls12.bin', '--ssl-reqd --tls-max 1.2'),
      putFtps: `${CURL} -T big.bin ftps://${HOST}/put-ftps.bin`,
      putResume: `${CURL} -T part.bin ${AT}/put-resumed.bin && ${CURL} -C - -T big.bin ${AT}/put-resumed.bin`,
      putAppend: `${CURL} -T part.bin ${AT}/twice.bin && ${CURL} -a -T part.bin ${AT}/twice.bin`,
      dirs: upload('new/deeper/still/put.bin', '--ftp-create-dirs'),
      multi: `${CURL} --ftp-method multicwd '${AT}/deep/er/a%20b%23c.txt'`,
      single: `${CURL} --ftp-method singlecwd '${AT}/deep/er/a%20b%23c.txt'`,
      none: `${CURL} --ftp-method nocwd '${AT}/deep/er/a%20b%23c.txt'`,
      oddName: `printf x | ${CURL} -T - '${AT}/%FF%FEodd%20%22name%22' && ${CURL} '${AT}/%FF%FEodd%20%22name%22'`,
      list: `${CURL} ${AT}/deep/`,
      names: `${CURL} -l ${AT}/deep/`,
      head: `${CURL} -I ${AT}/big.bin`,
      ascii: `${CURL} '${AT}/deep/er/a%20b%23c.txt;type=a'`,
      quote: `${CURL} -l ${AT}/ -Q 'MKD quoted' -Q 'RNFR quoted' -Q 'RNTO renamed' -Q 'SITE CHMOD 700 renamed' -Q '*DELE none'`,
      quoteAfter: `${CURL} ${AT}/deep/er/ -l -Q '-RMD /renamed'`,
      newer: `${CURL} -z 'Jan 1 2000 GMT' ${AT}/deep/er/a%20b%23c.txt`,
      older: `${CURL} -z 'Jan 1 2037 GMT' ${AT}/deep/er/a%20b%23c.txt -o nothing.txt; test ! -s nothing.txt`,
      several: `${CURL} ${AT}/big.bin -o one.bin ${AT}/big.bin -o two.bin ftp://${HOST}/put.bin -o three.bin`,
      anonymous: `curl -sSf -m 10 ftp://${SHELF}/book.txt`,
      anonymousPut: `curl -sS -m 10 -T big.bin ftp://${SHELF}/put.bin`,
      own: `${CURL} -T big.bin ftp://${LENIENT}/mine.bin && ${CURL} ftp://${LENIENT}/mine.bin -o mine.bin`,
      wrong: `curl -sS -m 10 -u alice:wrong ${AT}/`,
      missing: `curl -sS -m 10 -u ${LOGIN} ${AT}/none.txt`,
      bounced: `curl -sS -m 10 -u ${LOGIN} ${AT}/ -Q 'PORT 192,0,2,2,0,80'`,
    },
    { world: ftpWorld(), site: lay },
  )
  const fine = (...names: readonly Parameters<typeof world.output>[0][]): void => {
    for (const name of names) world.output(name)
  }

  await t.test('downloads, passive, over IPv4 and IPv6', () => {
    fine('get', 'get4', 'get6', 'noEpsv')
    sameFile(world, 'got.bin', 'got4.bin', 'got6.bin', 'got-pasv.bin')
  })
  await t.test('downloads, active', () => {
    fine('active4', 'active6', 'port')
    sameFile(world, 'got-active4.bin', 'got-active6.bin', 'got-port.bin')
  })
  await t.test('downloads under TLS, explicit and implicit, data hidden or not', () => {
    fine('explicit', 'explicit6', 'tls12', 'controlOnly', 'implicit', 'ccc')
    sameFile(world, 'got-tls.bin', 'got-tls6.bin', 'got-tls12.bin', 'got-control.bin')
    sameFile(world, 'got-ftps.bin', 'got-ccc.bin')
  })
  await t.test('resumes a download, and takes a part', () => {
    fine('resume', 'resumeTls', 'range')
    sameFile(world, 'resumed.bin', 'resumed-tls.bin')
    assert.ok(readFileSync(join(world.folder, 'range.bin')).equals(BIG.subarray(100, 200)))
  })
  await t.test('uploads', () => {
    fine('put', 'put6', 'putActive', 'putTls', 'putTls12', 'putFtps', 'dirs')
    for (const name of ['', '6', '-active', '-tls', '-tls12', '-ftps']) sameFile(world, `site/put${name}.bin`)
    sameFile(world, 'site/new/deeper/still/put.bin')
  })
  await t.test('resumes an upload, and appends', () => {
    fine('putResume', 'putAppend')
    sameFile(world, 'site/put-resumed.bin')
    assert.equal(readFileSync(join(world.folder, 'site', 'twice.bin')).length, 2 * PART_BYTES)
  })
  await t.test('finds files by each of its ways, and by bytes that are no UTF-8', () => {
    for (const name of ['multi', 'single', 'none', 'newer'] as const) assert.equal(world.output(name), 'odd\n')
    assert.equal(world.output('oddName'), 'x')
    fine('older')
  })
  await t.test('lists, asks for size and time, converts lines', () => {
    assert.match(world.output('list'), /^drwx[-rwx]{6} +\d+ \S+ +\S+ +\d+ \w{3} [ \d]\d [ \d:]{5} er\r?\n$/)
    assert.equal(world.output('names').trim(), 'er')
    assert.match(world.output('head'), /Last-Modified: [^]*Content-Length: 700001\r\n/)
    assert.equal(world.output('ascii'), 'odd\n')
  })
  await t.test('runs commands before and after', () => {
    assert.match(world.output('quote'), /^renamed\r?$/m)
    fine('quoteAfter')
    assert.throws(() => readFileSync(join(world.folder, 'site', 'renamed')), /ENOENT/)
  })
  await t.test('several transfers over one connection', () => {
    fine('several')
    sameFile(world, 'one.bin', 'two.bin', 'three.bin')
  })
  await t.test("without a name, to read only; and with one, a place of one's own", () => {
    assert.equal(world.output('anonymous'), 'a book\n')
    assert.equal(world.step('anonymousPut').code, NO_UPLOAD, world.step('anonymousPut').stderr)
    fine('own')
    sameFile(world, 'mine.bin')
  })
  await t.test('what is refused has its own exit code', () => {
    assert.equal(world.step('wrong').code, NO_LOGIN, world.step('wrong').stderr)
    assert.equal(world.step('missing').code, NO_FILE, world.step('missing').stderr)
    assert.notEqual(world.step('bounced').code, 0)
    assert.match(world.step('bounced').stderr, /QUOT command failed with 5\d\d|/)
  })
})
