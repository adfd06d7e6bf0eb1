// Mail that a world left behind in its state folder, read while no world has it open.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { openPost } from '../../mailboxes/index.ts'
import { FlowRecord } from '../record/index.ts'
import { mailCalls } from './calls.ts'
import { MAIL_FILE } from './mail-file.ts'

export interface KeptMail {
  readonly calls: ReturnType<typeof mailCalls>
  close(): Promise<void>
}

/** Failures as those of `openPost`: `EBUSY` while a world runs on it. `ENOENT`: no mail was ever kept there. */
export function openKeptMail(folder: string): KeptMail | Failure {
  const file = join(folder, MAIL_FILE)
  if (!existsSync(file)) return failure('ENOENT', `there is no mail in ${folder}`)
  const post = openPost({ users: [], anyAddress: false, wallMs: () => 0, file })
  if (isFailure(post)) return post
  const record = new FlowRecord(() => 0)
  return {
    calls: mailCalls({ post, record, state: { nameOf: () => undefined }, world: { users: [] } }),
    close: () => post.close(),
  }
}
