import assert from 'node:assert/strict'
import { test } from 'node:test'
import { worldWith } from './firewall/fixture.ts'
import { exactPlacement, loopbackPlacement, onLoopback } from './loopback.ts'

const addresses = (own: boolean) => onLoopback(worldWith(), own).hosts.map((host) => host.addresses)

test('each host has a loopback address of its own, and clients stand where programs come from', () => {
  assert.deepEqual(addresses(true), [['127.80.0.1'], ['127.80.0.2'], ['127.0.0.1']])
})

test('where the system has one loopback address, all hosts share it', () => {
  assert.deepEqual(addresses(false), [['127.0.0.1'], ['127.0.0.1'], ['127.0.0.1']])
})

test('hosts beyond the first 255 go on in the next range', () => {
  const [host] = worldWith().hosts
  assert.ok(host)
  const many = onLoopback(worldWith({ hosts: Array.from({ length: 300 }, () => host) }), true).hosts
  assert.deepEqual(many.at(-1)?.addresses, ['127.80.1.44'])
  assert.equal(new Set(many.map((one) => one.addresses[0])).size, 300)
})

const ports = (port: number) => loopbackPlacement({ ip: '127.80.0.1', port }).map((place) => place.port)

test('a port that cannot be had is mapped, then any is taken', () => {
  assert.deepEqual(ports(443), [443, 8443, 0])
  assert.deepEqual(ports(60_000), [60_000, 0])
  assert.deepEqual(exactPlacement({ ip: '192.0.2.1', port: 443 }), [{ ip: '192.0.2.1', port: 443 }])
})
