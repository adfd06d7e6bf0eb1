// The mail of a world that has none: for services that send and keep no mail.

import { failure } from './failure.ts'
import type { Post, Queue } from './post.ts'

const NO_MAIL = failure('ENOENT', 'this world has no mail')

const emptyQueue: Queue = {
  list: () => [],
  get: () => undefined,
  content: () => undefined,
  settle: async () => NO_MAIL,
  watch: () => () => {},
}

export const emptyPost: Post = {
  account: () => undefined,
  accounts: () => [],
  take: async () => NO_MAIL,
  queue: () => emptyQueue,
  watch: () => () => {},
}
