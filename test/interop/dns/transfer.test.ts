// Transfers, notices and updates between our name servers and BIND, NSD, dig, kdig and nsupdate, both ways.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startWorld, type RunningWorld } from '../../../src/index.ts'
import { SECRET, dig, freePort, output, skipWithoutDaemons, startNamed, startNsd, until } from './name-daemons.ts'

const skip = skipWithoutDaemons('named', 'nsd', 'dig', 'kdig', 'nsupdate', 'dnssec-verify', 'delv')
const THEIRS = '127.80.0.1'

interface Place {
  readonly ip: string
  readonly port: number
}

async function worldWith(theirs: Place): Promise<{ readonly world: RunningWorld; readonly ours: Place }> {
  const at = `theirs.harbor.test:${theirs.port}`
  const world = await startWorld({
    world: {
      hosts: { 'theirs.harbor.test': {}, 'ns.harbor.test': 'dns', 'www.harbor.test': 'http' },
      domains: {
        'harbor.test': { transfer: ['theirs.harbor.test', '127.0.0.1'], notify: at, update: ['key xfr', '127.0.0.1'] },
        'plain.test': {
          servers: 'ns.harbor.test',
          dnssec: false,
          transfer: 'theirs.harbor.test',
          notify: at,
          update: 'key xfr',
          records: ['www A 192.0.2.1'],
        },
        'keyed.test': { servers: 'ns.harbor.test', transfer: 'key xfr', notify: at, update: '127.0.0.1' },
        'bought.test': { servers: 'ns.harbor.test', from: `${at} key xfr` },
      },
      dns: { keys: { xfr: { secret: SECRET } } },
    },
  })
  const port = world.ports.find(({ host, service, transport }) => {
    return host === 'ns.harbor.test' && service === 'dns' && transport === 'tcp'
  })
  assert.ok(port)
  return { world, ours: port.bound }
}

function bought(serial: number): string {
  return `$TTL 60\n@ SOA ns root ${serial} 600 60 3600 60\n NS ns\nns A 127.0.0.1\nwww A 192.0.2.9\n`
}

function nsupdate({ ip, port }: Place, key: boolean, ...lines: readonly string[]): Promise<string> {
  const words = key ? ['-y', `hmac-sha256:xfr:${SECRET}`] : []
  return output('nsupdate', words, [`server ${ip} ${port}`, ...lines, 'send', ''].join('\n'))
}

test('BIND', { skip }, async (t) => {
  const theirs = { ip: THEIRS, port: freePort() }
  const { world, ours } = await worldWith(theirs)
  t.after(() => world.stop())
  const primaries = `port ${ours.port} { ${ours.ip}; }`
  const named = await startNamed(
    t,
    theirs,
    `zone harbor.test { type secondary; primaries ${primaries}; file "harbor.db"; };
     zone plain.test { type secondary; primaries ${primaries}; file "plain.db"; };
     zone keyed.test { type secondary; primaries port ${ours.port} { ${ours.ip} key xfr; }; file "keyed.db"; };
     zone bought.test { type primary; file "bought.db"; allow-transfer { key xfr; }; allow-update { key xfr; };
       notify explicit; also-notify { ${ours.ip} port ${ours.port}; }; };`,
    { 'bought.db': bought(3) },
  )

  await t.test('takes zones from us, by address and by key', async () => {
    for (const zone of ['harbor.test', 'plain.test', 'keyed.test'])
      await until(zone, () => dig(theirs, zone, 'SOA', '+norec'), /flags: qr aa;[\s\S]*\sSOA\sns\.harbor\.test\./)
  })

  await t.test('hears of changes at once, and takes differences', async () => {
    assert.equal(await nsupdate(ours, true, 'zone plain.test', 'update add new.plain.test 60 A 192.0.2.5'), '')
    await until('new.plain.test', () => dig(theirs, '+short', 'new.plain.test', 'A'), /192\.0\.2\.5/)
    // The whole zone would be one record more.
    assert.match(
      named.log(),
      /'plain\.test\/IN' from [^\n]*: Transfer completed: 1 messages, 5 records,[^\n]*\(serial 2\)/,
    )
    assert.equal(await nsupdate(ours, false, 'zone keyed.test', 'update add new.keyed.test 60 A 192.0.2.6'), '')
    await until('new.keyed.test', () => dig(theirs, '+short', 'new.keyed.test', 'A'), /192\.0\.2\.6/)
  })

  await t.test('serves our signatures, and they hold', async () => {
    assert.equal(await nsupdate(ours, true, 'zone harbor.test', 'update add new.harbor.test 60 A 192.0.2.7'), '')
    const signed = await until('new', () => dig(theirs, '+dnssec', 'new.harbor.test', 'A'), /192\.0\.2\.7[\s\S]*RRSIG/)
    assert.match(signed, /RRSIG\s+A 13 3 60/)
    const zone = await dig(ours, '-b', '127.0.0.1', 'harbor.test', 'AXFR')
    assert.match(zone, /XFR size: \d+ records/)
    await until(
      'harbor.db',
      () => output('dnssec-verify', ['-o', 'harbor.test', join(named.folder, 'harbor.db')]),
      /Zone fully signed|fully signed/,
    )
  })

  await t.test('delv believes what BIND says of our zone', async () => {
    const keys = await dig(theirs, '+short', '+split=0', 'harbor.test', 'DNSKEY')
    const key = /^257 3 13 (\S+)$/m.exec(keys)?.[1] ?? assert.fail(keys)
    const anchor = join(named.folder, 'anchor')
    writeFileSync(anchor, `trust-anchors { harbor.test. static-key 257 3 13 "${key}"; };\n`)
    const delv = (...words: readonly string[]): Promise<string> =>
      output('delv', ['@127.0.0.1', '-p', String(theirs.port), '-a', anchor, '+root=harbor.test', ...words])
    assert.match(await delv('new.harbor.test', 'A'), /fully validated[\s\S]*192\.0\.2\.7/)
    assert.match(await delv('nowhere.harbor.test', 'A'), /negative response, fully validated[\s\S]*ncache nxdomain/)
    assert.match(await delv('new.harbor.test', 'MX'), /negative response, fully validated[\s\S]*ncache nxrrset/)
  })

  await t.test('gives us a zone, and its changes', async () => {
    await until('bought.test', () => dig(ours, '+short', 'www.bought.test', 'A'), /192\.0\.2\.9/)
    const said = await nsupdate(theirs, true, 'zone bought.test', 'update add new.bought.test 60 A 192.0.2.8')
    assert.equal(said, '')
    await until('new.bought.test', () => dig(ours, '+short', 'new.bought.test', 'A'), /192\.0\.2\.8/)
  })

  await t.test('takes an update that came to us', async () => {
    const said = await nsupdate(ours, true, 'zone bought.test', 'update add sent.bought.test 60 A 192.0.2.10')
    assert.equal(said, '')
    await until('sent.bought.test', () => dig(ours, '+short', 'sent.bought.test', 'A'), /192\.0\.2\.10/)
    assert.match(
      await nsupdate(ours, false, 'zone bought.test', 'update add no.bought.test 60 A 192.0.2.10'),
      /REFUSED/,
    )
  })
})

test('NSD', { skip }, async (t) => {
  const theirs = { ip: THEIRS, port: freePort() }
  const { world, ours } = await worldWith(theirs)
  t.after(() => world.stop())
  const source = `${ours.ip}@${ours.port}`
  const copies = [
    ['harbor.test', 'NOKEY'],
    ['plain.test', 'NOKEY'],
    ['keyed.test', 'xfr'],
  ].map(
    ([zone, key]) =>
      `zone:\n name: ${zone}\n zonefile: ${zone}.db\n request-xfr: ${source} ${key}\n allow-notify: ${ours.ip} ${key}\n outgoing-interface: ${THEIRS}\n`,
  )
  const held = `zone:\n name: bought.test\n zonefile: bought.db\n provide-xfr: 127.0.0.0/8 xfr\n notify: ${source} xfr\n outgoing-interface: ${THEIRS}\n`
  const nsd = await startNsd(t, theirs, [...copies, held].join(''), { 'bought.db': bought(3) })

  await t.test('takes zones from us, by address and by key', async () => {
    for (const zone of ['harbor.test', 'plain.test', 'keyed.test'])
      await until(zone, () => dig(theirs, zone, 'SOA', '+norec'), /flags: qr aa;[\s\S]*\sSOA\sns\.harbor\.test\./)
  })

  await t.test('hears of changes at once', async () => {
    assert.equal(await nsupdate(ours, true, 'zone plain.test', 'update add new.plain.test 60 A 192.0.2.5'), '')
    await until('new.plain.test', () => dig(theirs, '+short', 'new.plain.test', 'A'), /192\.0\.2\.5/)
    assert.equal(await nsupdate(ours, false, 'zone keyed.test', 'update add new.keyed.test 60 A 192.0.2.6'), '')
    await until('new.keyed.test', () => dig(theirs, '+short', 'new.keyed.test', 'A'), /192\.0\.2\.6/)
    assert.equal(await nsupdate(ours, true, 'zone harbor.test', 'update add new.harbor.test 60 A 192.0.2.7'), '')
    await until('new', () => dig(theirs, '+dnssec', 'new.harbor.test', 'A'), /192\.0\.2\.7[\s\S]*RRSIG\s+A 13 3 60/)
  })

  await t.test('gives us a zone, and its changes', async () => {
    await until('bought.test', () => dig(ours, '+short', 'www.bought.test', 'A'), /192\.0\.2\.9/)
    writeFileSync(join(nsd.folder, 'bought.db'), bought(4).replace('192.0.2.9', '192.0.2.11'))
    nsd.reload()
    await until('bought.test', () => dig(ours, '+short', 'www.bought.test', 'A'), /192\.0\.2\.11/)
  })
})

test('dig, kdig and nsupdate', { skip }, async (t) => {
  const { world, ours } = await worldWith({ ip: THEIRS, port: freePort() })
  t.after(() => world.stop())
  const at = [`@${ours.ip}`, '-p', String(ours.port)]
  const key = `hmac-sha256:xfr:${SECRET}`
  for (const who of ['dig', 'kdig']) {
    await t.test(`${who} transfers whole zones, and what changed`, async () => {
      const ask = (...words: readonly string[]): Promise<string> => output(who, [...at, ...words])
      assert.match(await ask('harbor.test', 'AXFR'), /harbor\.test\.\s+\d+\s+IN\s+SOA[\s\S]*RRSIG[\s\S]*\sSOA\s/)
      assert.match(await ask('keyed.test', 'AXFR'), /Transfer failed|REFUSED/)
      const keyed = await ask('-y', key, 'keyed.test', 'AXFR')
      assert.match(keyed, /keyed\.test\.\s+\d+\s+IN\s+SOA/)
      assert.doesNotMatch(keyed, /WARNING|verify|BADSIG/i)
      const serial = /SOA\s+\S+\s+\S+\s+(\d+)/.exec(await ask('-y', key, 'plain.test', 'SOA'))?.[1] ?? ''
      const change = `update add ${who}.plain.test 60 A 192.0.2.5`
      assert.equal(await nsupdate(ours, true, 'zone plain.test', change), '')
      const changed = await ask('-b', THEIRS, 'plain.test', `IXFR=${serial}`)
      assert.match(changed, new RegExp(`${who}\\.plain\\.test\\.\\s+60\\s+IN\\s+A\\s+192\\.0\\.2\\.5`))
      assert.doesNotMatch(changed, /www\.plain\.test/)
      const current = await ask('-b', THEIRS, 'plain.test', `IXFR=${Number(serial) + 1}`)
      assert.equal(current.match(/\sSOA\s+ns/g)?.length, 1, current)
    })
  }

  await t.test('nsupdate: prerequisites, by key and by address', async () => {
    const yx = await nsupdate(
      ours,
      false,
      'zone keyed.test',
      'prereq nxdomain ns.keyed.test',
      'update add a.keyed.test 60 A 192.0.2.1',
    )
    assert.equal(yx, '')
    const again = await nsupdate(
      ours,
      false,
      'zone keyed.test',
      'prereq nxdomain a.keyed.test',
      'update add a.keyed.test 60 A 192.0.2.2',
    )
    assert.match(again, /YXDOMAIN/)
    assert.match(await nsupdate(ours, false, 'zone plain.test', 'update delete www.plain.test'), /REFUSED/)
    assert.equal(await dig(ours, '+short', 'a.keyed.test', 'A'), '192.0.2.1\n')
  })
})
