// The report at the end of a run: in words on standard error, in JSON in a file, with programs' names, and on no day in the way.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as v from 'valibot'
import { newFolder, reportSchema } from './inside.ts'
import { portolan, skipWithout } from './portolan.ts'

const SCRIPT = `
curl -sS https://www.harbor.test/ -o /dev/null
curl -s http://www.island.test/nothing -o /dev/null
curl -s http://www.harbour.test/
dig +short nope.example
curl -s -m 2 http://198.51.100.99:8080/
curl -s -4 -m 2 http://www.harbor.test:8081/
dig -4 +tries=1 +time=1 -p 5353 @192.0.2.2 a >/dev/null
exit 3`

test('the report', { skip: skipWithout('curl', 'dig') }, async (t) => {
  const file = join(newFolder(), 'report.json')
  const text = await portolan(['run', '--', 'sh', '-c', SCRIPT])
  const json = await portolan(['run', '--report', 'json', '--report-to', file, '--', 'sh', '-c', SCRIPT])
  const report = v.parse(reportSchema, JSON.parse(readFileSync(file, 'utf8')))

  await t.test('stands on standard error, and leaves output and exit code alone', () => {
    assert.deepEqual([text.code, text.stdout], [3, ''])
    assert.match(text.stderr, /^Portolan: sh asked for \d names/)
    assert.ok(!text.stderr.includes('\u001B'))
  })
  await t.test('tells of names, connections, requests and what each program did', () => {
    for (const line of [
      /^ +name +www\.harbor\.test +A, AAAA → 192\.0\.2\.2, 2001:db8:1::2$/m,
      /^ +443\/tcp +www\.harbor\.test +http: by curl/m,
      /^ +GET \/ → 200/m,
      /^ +80\/tcp +www\.island\.test +http: by curl/m,
      /^ +GET \/nothing → 404/m,
    ])
      assert.match(text.stderr, line)
  })
  await t.test('says who asked for names that do not exist', () => {
    assert.match(text.stderr, /^ +unknown +www\.harbour\.test .*NXDOMAIN, asked by curl/m)
    assert.match(text.stderr, /^ +unknown +nope\.example .*NXDOMAIN, asked by dig/m)
  })
  await t.test('says what was refused, and why', () =>
    assert.match(text.stderr, /198\.51\.100\.99\D+.*no host of the world has this address/),
  )
  await t.test('says which ports of a host nobody serves', () => {
    assert.match(text.stderr, /8081\/tcp +www\.harbor\.test +rejected: nobody listens there/)
    assert.match(text.stderr, /5353\/udp +www\.harbor\.test +rejected: nobody listens there/)
  })
  await t.test('no connection of a program that has ended is still open', () =>
    assert.doesNotMatch(text.stderr, /still open/),
  )
  await t.test('says the same as JSON, in a file', () => {
    assert.deepEqual([json.code, json.stdout, json.stderr], [3, '', ''])
    assert.equal(report.program, 'sh')
    const [web] = report.conversations
    assert.deepEqual([web?.host, web?.port, web?.service, web?.programs], ['www.harbor.test', 443, 'http', ['curl']])
    assert.deepEqual(
      report.unknownNames.map(({ name, programs }) => [name, programs]),
      [
        ['www.harbour.test', ['curl']],
        ['nope.example', ['dig']],
      ],
    )
    assert.deepEqual(
      report.refused
        .map(({ thing }) => [thing.verdict, thing.host, thing.port] as const)
        .toSorted(([, , a], [, , b]) => a - b),
      [
        ['reject', 'www.harbor.test', 5353],
        ['reject', '198.51.100.99', 8080],
        ['reject', 'www.harbor.test', 8081],
      ],
    )
  })
  await t.test('is not lost when its file cannot be written', async () => {
    const ran = await portolan(['run', '--report-to', 'no/such/report', '--', 'sh', '-c', 'exit 3'])
    assert.equal(ran.code, 3)
    assert.match(ran.stderr, /cannot be written.*no\/such\/report.*\nPortolan: sh asked for nothing/)
  })
  await t.test('is not there when nobody wants it', async () => {
    const ran = await portolan(['run', '--report', 'none', '--', 'true'])
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, '', ''])
  })
})
