// Where mail goes in a world, and what its owner and its users may do: asked directly, without a session.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailWorld } from '../../../test/conformance/mail-world.ts'
import type { Account, Quota } from '../../core/index.ts'
import { parseMailbox } from './codec/address.ts'
import { answersOf, smtpConfig } from './config.ts'
import { isConfigError } from '../../core/failure.ts'
import type { Role } from './policy.ts'
import { WorldPolicy } from './world-policy.ts'

async function policy(aliases: Readonly<Record<string, string | string[]>> = {}, quota?: Partial<Quota>) {
  const { view } = await mailWorld('198.51.100.1', 'smtp')
  const config = smtpConfig.parse({ aliases })
  assert.ok(!isConfigError(config))
  const post = {
    ...view.post,
    account: (address: string) => limited(view.post.account(address), quota),
  }
  return new WorldPolicy({ ...view, post }, { ...config, answers: answersOf(config) })
}

/** The account as it would be with less room. */
function limited(account: Account | undefined, quota: Partial<Quota> | undefined): Account | undefined {
  if (account === undefined || quota === undefined) return account
  const { address } = account
  return Object.create(account, {
    address: { value: address },
    quota: { value: { ...account.quota, ...quota } },
  })
}

/** `alice@harbor.test`, `>far@island.test` for what goes on, or the refusal's code. */
function whereTo(asked: WorldPolicy, text: string, role: Role = 'mx', bytes = 0): string[] | string {
  const mailbox = parseMailbox(text)
  assert.ok(mailbox !== undefined)
  const found = asked.recipient(mailbox, role, bytes)
  if (found.kind === 'refusal') return `${found.reply.code} ${found.reply.enhanced}`
  return [...found.accounts.map(({ address }) => address), ...found.elsewhere.map((address) => `>${address}`)]
}

test('strangers reach users, users reach everybody', async () => {
  const asked = await policy()
  assert.deepEqual(whereTo(asked, 'Alice@Harbor.test'), ['alice@harbor.test'])
  assert.deepEqual(whereTo(asked, 'alice+a+b@harbor.test'), ['alice@harbor.test'])
  assert.deepEqual(whereTo(asked, 'zoé@harbor.test'), ['zoé@harbor.test'])
  assert.equal(whereTo(asked, '+alice@harbor.test'), '550 5.1.1')
  assert.equal(whereTo(asked, 'alicia@harbor.test', 'submission'), '550 5.1.1')
  assert.equal(whereTo(asked, 'bob@island.test'), '550 5.7.1')
  assert.deepEqual(whereTo(asked, 'Bob@island.test', 'submission'), ['>Bob@island.test'])
  assert.deepEqual(whereTo(asked, 'bob@[192.0.2.77]', 'submission'), ['>bob@[192.0.2.77]'])
  assert.deepEqual(whereTo(asked, 'bob@[198.51.100.1]'), ['bob@harbor.test'])
})

test('there is always a postmaster', async () => {
  const asked = await policy()
  assert.deepEqual(whereTo(asked, 'postmaster'), ['alice@harbor.test'])
  assert.deepEqual(whereTo(asked, 'POSTMASTER@harbor.test'), ['alice@harbor.test'])
  const named = await policy({ postmaster: 'bob@harbor.test' })
  assert.deepEqual(whereTo(named, 'postmaster'), ['bob@harbor.test'])
})

test('aliases lead on, once to each, and do not go in circles', async () => {
  const asked = await policy({
    all: ['alice@harbor.test', 'team@harbor.test', 'far@island.test'],
    team: ['bob@harbor.test', 'alice+work@harbor.test', 'all@harbor.test'],
    bob: ['bob@harbor.test', 'alice@harbor.test'],
    'zoé@harbor.test': 'far@island.test',
  })
  assert.deepEqual(whereTo(asked, 'all@harbor.test'), ['alice@harbor.test', 'bob@harbor.test', '>far@island.test'])
  assert.deepEqual(whereTo(asked, 'bob@harbor.test'), ['bob@harbor.test', 'alice@harbor.test'])
  assert.deepEqual(whereTo(asked, 'Zoé@harbor.test'), ['>far@island.test'])
  assert.equal(asked.accountFor('all@harbor.test')?.address, 'alice@harbor.test')
  assert.equal(asked.accountFor('nobody@harbor.test'), undefined)
})

test('a long chain of aliases ends', async () => {
  const chain = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`a${at}`, `a${at + 1}@harbor.test`]))
  const asked = await policy({ ...chain, a30: 'alice@harbor.test' })
  assert.equal(whereTo(asked, 'a0@harbor.test'), '550 5.1.1')
  assert.deepEqual(whereTo(asked, 'a25@harbor.test'), ['alice@harbor.test'])
})

test('full mailboxes are told of before the mail comes', async () => {
  const asked = await policy(
    { both: ['alice@harbor.test', 'bob@harbor.test'] },
    { storageMaxBytes: 1000, storageBytes: 900 },
  )
  assert.deepEqual(whereTo(asked, 'alice@harbor.test', 'mx', 99), ['alice@harbor.test'])
  assert.equal(whereTo(asked, 'alice@harbor.test', 'mx', 100), '452 4.2.2')
  assert.equal(whereTo(asked, 'alice@harbor.test', 'mx', 1001), '552 5.2.2')
  const many = await policy({}, { messagesMax: 5, messages: 5 })
  assert.equal(whereTo(many, 'alice@harbor.test'), '452 4.2.2')
})
