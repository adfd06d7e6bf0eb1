// When a database is opened, and when not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Database } from './database.ts'

test('a database that is kept nowhere is opened by the first change, and not to look', () => {
  const database = new Database({})
  assert.deepEqual(database.rows('SELECT id FROM queued'), [])
  assert.equal(database.isOpen, false)
  database.run("INSERT INTO account (address, last_validity) VALUES ('alice@harbor.test', 1)")
  assert.equal(database.isOpen, true)
  assert.deepEqual(database.rows('SELECT address FROM account'), [['alice@harbor.test']])
  database.close()
  assert.throws(() => database.rows('SELECT address FROM account'), /closed/)
})
