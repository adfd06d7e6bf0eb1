// A world with users and mail in memory, as one mail host of it sees it: for the dialogues and tests of mail services.

import assert from 'node:assert/strict'
import { isFailure, type Post, type UserView, type WorldView } from '../../src/core/index.ts'
import { openPost } from '../../src/mailboxes/index.ts'
import { lonelyWorld } from '../../src/sim/index.ts'

/** 2026-01-01T00:00Z. */
const NOW_MS = 1_767_225_600_000

/** The local part is the password. */
const USERS = ['alice@harbor.test', 'bob@harbor.test', 'zoé@harbor.test']

export interface MailWorld {
  readonly view: WorldView
  readonly post: Post
}

/** `inbox`: what lies in alice's INBOX, oldest first. */
export async function mailWorld(address: string, service: string, inbox: readonly string[] = []): Promise<MailWorld> {
  const post = openPost({ users: USERS, anyAddress: false, wallMs: () => NOW_MS })
  assert.ok(!isFailure(post))
  const alice = post.account('alice@harbor.test')?.mailbox('INBOX')
  assert.ok(alice !== undefined)
  const contents = inbox.map((text) => ({ content: Buffer.from(text), flags: [] }))
  if (contents.length > 0) assert.ok(!isFailure(await alice.append(contents)))
  return { post, view: viewOf(post, address, service) }
}

function userOf(address: string): UserView {
  return { address, password: address.split('@')[0] ?? '' }
}

function viewOf(post: Post, address: string, service: string): WorldView {
  const lonely = lonelyWorld([address], service)
  const host = { ...lonely.host, name: 'mail.harbor.test' }
  return {
    ...lonely,
    host,
    hosts: [host],
    post,
    takesMailFor: (domain) => domain.toLowerCase() === 'harbor.test',
    users: USERS.map(userOf),
    user: (login) => {
      const name = login.toLowerCase()
      const found = USERS.find((user) => user === name || user === `${name}@harbor.test`)
      return found === undefined ? undefined : userOf(found)
    },
  }
}
