// A program that talks to a web site, tested against a site that exists in this process only: `node --test shop.test.ts`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { withWorld } from 'portolan/testing'

/** The program under test. */
async function stockOf(shop: string, article: string): Promise<number> {
  const answer = await fetch(new URL(`/stock/${article}`, shop))
  if (!answer.ok) throw new Error(`${article}: ${answer.status}`)
  const stock: { count: number } = JSON.parse(await answer.text())
  return stock.count
}

const world = {
  hosts: {
    'www.shop.test': [{ http: { pages: { '/stock/tea': { json: { count: 3 } } } } }],
  },
}

test('reads the stock over https', async (t) => {
  const shop = await withWorld(t, { world })
  setDefaultCACertificates([...getCACertificates(), shop.authorityPem])
  assert.equal(await stockOf(shop.url('https://www.shop.test'), 'tea'), 3)
  const request = await shop.waitFor('http.request')
  assert.match(request.summary, /GET \/stock\/tea/)
  assert.equal(shop.flows()[0]?.tls?.version, 'TLSv1.3')
})

test('says which article is missing', async (t) => {
  const shop = await withWorld(t, { world })
  await assert.rejects(stockOf(shop.url('http://www.shop.test'), 'milk'), /milk: 404/)
})

test('gives up on a connection that breaks', async (t) => {
  const faults = [{ host: 'www.shop.test', 'reset-after': '1B' }]
  const shop = await withWorld(t, { world: { ...world, faults } })
  await assert.rejects(stockOf(shop.url('http://www.shop.test'), 'tea'), /fetch failed/)
})
