// Node's own clients, sent into a world by its names; and services of a world that open streams to each other.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { test } from 'node:test'
import { object } from 'valibot'
import { configFrom, type Service, type StreamIo } from '../core/index.ts'
import { bodyOf, get } from './fixture.ts'
import { agents, dial, withWorld } from './index.ts'

const world = { hosts: { 'www.shop.test': [{ http: { pages: { '/': { body: 'tea' } } } }] } }

test('agents take http and https requests to the names of the world', async (t) => {
  const shop = await withWorld(t, { world })
  const { http, https } = agents(shop)
  assert.equal(await bodyOf(await get('http://www.shop.test/', { agent: http })), 'tea')
  assert.equal(await bodyOf(await get('https://www.shop.test/', { agent: https })), 'tea')
  await assert.rejects(get('https://example.test/', { agent: https }), { name: 'WorldError' })
})

test('TLS trusts the world alone, and a name only where it lives', async (t) => {
  const shop = await withWorld(t, { world: { hosts: { ...world.hosts, 'mail.shop.test': ['http'] } } })
  const good = dial(shop, { host: 'www.shop.test', port: 443, tls: true })
  await once(good, 'secureConnect')
  good.destroy()
  const wrong = dial(shop, { host: 'www.shop.test', port: 443, tls: true, serverName: 'mail.shop.test' })
  await assert.rejects(once(wrong, 'secureConnect'), process.platform === 'linux' ? /unrecognized name/ : /./)
})

test('HTTP/2 over a dialled stream', async (t) => {
  const shop = await withWorld(t, { world })
  const session = connectHttp2('https://www.shop.test', {
    createConnection: () => dial(shop, { host: 'www.shop.test', port: 443, tls: true, alpn: ['h2'] }),
  })
  t.after(() => session.destroy())
  const stream = session.request({ ':path': '/' })
  let body = ''
  for await (const piece of stream.setEncoding('utf8')) body += piece
  assert.equal(body, 'tea')
})

function greeting(stream: StreamIo) {
  return {
    opened: () => {
      stream.send(Buffer.from('called on'))
      stream.end()
    },
    received: () => false,
  }
}

/** Calls the sink of another host as soon as somebody calls. */
const caller: Service<object> = {
  name: 'caller',
  title: 'a toy that calls on',
  speaksFirst: 'client',
  config: configFrom(object({})),
  ports: () => [{ transport: 'tcp', port: 24 }],
  start: (io, _config, { hosts }) => {
    const ip = hosts.find((host) => host.name === 'sink.shop.test')?.addresses[0] ?? ''
    const accept = () => {
      io.connect({ ip, port: 9 }, greeting)
      return { received: () => false }
    }
    return { listens: [{ transport: 'tcp', port: 24, accept }] }
  },
}

test('what a service opens arrives where the port stands, from the address of its host', async (t) => {
  const shop = await withWorld(t, {
    services: [caller],
    world: {
      hosts: { 'caller.shop.test': ['caller'], 'sink.shop.test': ['sink'] },
      firewall: {
        default: 'reject',
        rules: [
          { allow: { to: 'caller.shop.test', because: 'asked for' } },
          { allow: { from: 'caller.shop.test', to: 'sink.shop.test', port: 9, because: 'from there alone' } },
        ],
      },
    },
  })
  const socket = dial(shop, { host: 'caller.shop.test', port: 24 })
  t.after(() => socket.destroy())
  assert.match((await shop.waitFor('sink.received')).summary, /called on/)
})
