// The mailbox whose sessions are broken: alice's, with some mail in it again before each, whatever the one before did.

import type { Post } from '../src/core/index.ts'

/** Messages above which the mailbox is emptied. */
const MESSAGES_MAX = 50
const MESSAGES_MIN = 3

/** Sessions add and remove. */
export async function fillInbox(post: Post, content: Uint8Array): Promise<void> {
  const inbox = post.account('alice@harbor.test')?.mailbox('INBOX')
  if (inbox === undefined) return
  if (inbox.messages.length > MESSAGES_MAX) await inbox.expunge(inbox.messages)
  for (let mail = inbox.messages.length; mail < MESSAGES_MIN; mail++) await inbox.append([{ content, flags: [] }])
}
