import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { PortStatus } from '../control/api.ts'
import { table } from './output.ts'
import { portTable } from './port-table.ts'

test('columns are as wide as their widest cell, the last is not padded', () => {
  const text = stripVTControlCharacters(
    table(
      ['A', 'BB'],
      [
        ['one', 'x'],
        ['2', 'longer'],
      ],
    ),
  )
  assert.equal(text, 'A    BB\none  x\n2    longer')
})

const dns = { host: 'ns', address: '192.0.2.1', port: 53, service: 'dns' } as const

test('transports and addresses of one port share a row', () => {
  const ports: PortStatus[] = [
    { ...dns, transport: 'udp', bound: { ip: '127.80.0.1', port: 53 } },
    { ...dns, transport: 'tcp', bound: { ip: '127.80.0.1', port: 53 } },
  ]
  const [, ...rows] = stripVTControlCharacters(portTable(ports)).split('\n')
  assert.deepEqual(rows, ['ns    127.80.0.1  53/udp+tcp  dns      the port itself'])
})

test('a mapped port says to where and why, one that is not bound says so', () => {
  const ports: PortStatus[] = [
    { ...dns, transport: 'udp', bound: { ip: '127.80.0.1', port: 8053 }, note: 'taken by named (pid 1)' },
    { ...dns, transport: 'tcp', note: 'no more files' },
  ]
  const text = stripVTControlCharacters(portTable(ports))
  assert.match(text, /mapped to 8053 {2}taken by named \(pid 1\)/)
  assert.match(text, /not bound {2}no more files/)
})
