// curl inside a run: by name over 80 and 443, HTTP/1.1 and HTTP/2, by address over both families, and wrong names refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from './inside.ts'
import { skipWithout } from './portolan.ts'

const CURL = `curl -sS -m 5 -o /dev/null -w '%{http_version} %{response_code} %{scheme} %{remote_ip}'`

test('curl in the default world', { skip: skipWithout('curl') }, async (t) => {
  const world = await inside(
    {
      http1: `${CURL} -4 http://www.harbor.test/`,
      http2: `${CURL} -4 --http2-prior-knowledge http://www.harbor.test/`,
      https1: `${CURL} -4 --http1.1 https://www.harbor.test/`,
      https2: `${CURL} -6 https://www.harbor.test/`,
      alias: `${CURL} -4 https://island.test/`,
      body: 'curl -sS https://www.island.test/',
      literal4: `${CURL} http://192.0.2.2/`,
      literal6: `${CURL} 'http://[2001:db8:1::2]/'`,
      literal4s: `${CURL} https://192.0.2.2/`,
      literal6s: `${CURL} 'https://[2001:db8:1::2]/'`,
      neighbour: `${CURL} --connect-to ::192.0.2.2: https://www.island.test/`,
      stranger: `${CURL} --connect-to ::192.0.2.2: https://www.example.com/`,
      strangerPlain: `${CURL} --connect-to ::192.0.2.2: http://www.example.com/`,
      noServer: `${CURL} https://mail.harbor.test/`,
      noName: `${CURL} https://www.harbour.test/`,
      noTrust: `${CURL} --cacert /dev/null https://www.harbor.test/`,
    },
    { together: true },
  )

  await t.test('by name over 80, HTTP/1.1 and HTTP/2', () => {
    assert.equal(world.output('http1'), '1.1 200 HTTP 192.0.2.2')
    assert.equal(world.output('http2'), '2 200 HTTP 192.0.2.2')
  })
  await t.test('by name over 443, HTTP/1.1 and HTTP/2, IPv4 and IPv6', () => {
    assert.equal(world.output('https1'), '1.1 200 HTTPS 192.0.2.2')
    assert.equal(world.output('https2'), '2 200 HTTPS 2001:db8:1::2')
    assert.equal(world.output('alias'), '2 200 HTTPS 198.51.100.2')
    assert.match(world.output('body'), /You have reached <b>www\.island\.test<\/b>/)
  })
  await t.test('by address, the certificate naming it', () => {
    assert.equal(world.output('literal4'), '1.1 200 HTTP 192.0.2.2')
    assert.equal(world.output('literal6'), '1.1 200 HTTP 2001:db8:1::2')
    assert.equal(world.output('literal4s'), '2 200 HTTPS 192.0.2.2')
    assert.equal(world.output('literal6s'), '2 200 HTTPS 2001:db8:1::2')
  })
  await t.test('a name that does not live at the address is refused for its certificate', () => {
    for (const name of ['neighbour', 'stranger'] as const) {
      assert.ok([35, 60].includes(world.step(name).code), world.step(name).stderr)
    }
    assert.equal(world.output('strangerPlain'), '1.1 421 HTTP 192.0.2.2')
  })
  await t.test('no server, no name and no trust fail as they do outside', () => {
    assert.equal(world.step('noServer').code, 7)
    assert.equal(world.step('noName').code, 6)
    assert.ok([60, 77].includes(world.step('noTrust').code), world.step('noTrust').stderr)
  })
})
