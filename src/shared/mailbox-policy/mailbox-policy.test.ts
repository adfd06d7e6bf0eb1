// The world's answers to a server of mailboxes: who logs in, whose mailboxes there are, and what rules make of a moment.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../../core/post.ts'
import type { WorldView } from '../../core/world-view.ts'
import { lonelyWorld } from '../../sim/index.ts'
import { mailboxPolicy } from './index.ts'

const ALICE = { address: 'alice@harbor.test', password: 'secret' }
const lonely = lonelyWorld(['198.51.100.1'], 'pop3')
const asked: string[] = []
const world: WorldView = {
  ...lonely,
  user: (login) => (login === 'alice' ? ALICE : undefined),
  nameOf(ip) {
    asked.push(ip)
    return ip === '192.0.2.1' ? 'laptop.harbor.test' : undefined
  },
  post: {
    ...lonely.post,
    account(address): Account | undefined {
      asked.push(address)
      return undefined
    },
  },
}

const peer = (facts: { readonly name?: string | undefined }) => facts.name === 'laptop.harbor.test'
const user = (address: string) => address === ALICE.address

test('names and addresses are the world’s', () => {
  const policy = mailboxPolicy(world, [])
  assert.equal(policy.anyUser, world.anyUser)
  assert.deepEqual([policy.user('alice'), policy.user('bob')], [ALICE, undefined])
  asked.length = 0
  policy.account(ALICE.address)
  assert.deepEqual(asked, [ALICE.address])
})

test('a rule hears who is there by name and address, and counts', () => {
  const policy = mailboxPolicy(world, [{ at: 'login', peer, user, first: 1, reply: 'later' }])
  const overrule = (ip: string, address?: string) => policy.overrule('login', { peer: ip, user: address })
  assert.equal(overrule('192.0.2.2', ALICE.address), undefined)
  assert.equal(overrule('192.0.2.1'), undefined)
  assert.deepEqual(
    [1, 2].map(() => overrule('192.0.2.1', ALICE.address)),
    ['later', undefined],
  )
})

test('where no rule is about a moment, nobody is looked up', () => {
  asked.length = 0
  const policy = mailboxPolicy<'login' | 'quit', string>(world, [{ at: 'login', reply: 'later' }])
  assert.equal(policy.overrule('quit', { peer: '192.0.2.1', user: undefined }), undefined)
  assert.deepEqual(asked, [])
})
