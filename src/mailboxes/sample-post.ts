// A small post for tests: alice, bob and carol, and a clock that stands still until the test turns it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isFailure, type Failure } from '../core/failure.ts'
import type { Account, Mailbox, Message, NewQueued } from '../core/post.ts'
import { openPost, type KeptPost, type PostOptions } from './index.ts'

export const ALICE = 'alice@harbor.test'
const BOB = 'bob@island.test'
/** 2026-01-01T00:00Z. */
export const START_MS = 1_767_225_600_000

export interface Sample {
  readonly post: KeptPost
  readonly alice: Account
  readonly bob: Account
  readonly inbox: Mailbox
  /** Turned by the test. */
  readonly clock: { ms: number }
}

export function samplePost(options: Partial<PostOptions> = {}): Sample {
  const clock = { ms: START_MS }
  const users = [ALICE, BOB, 'carol@harbor.test']
  const post = made(openPost({ users, anyAddress: false, wallMs: () => clock.ms, ...options }))
  const [alice, bob] = [there(post.account(ALICE)), there(post.account(BOB))]
  return { post, alice, bob, inbox: there(alice.mailbox('INBOX')), clock }
}

/** What was wanted, not a `Failure`. */
export function made<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`)
  return value
}

/** The code of a `Failure`. */
export function codeOf(value: unknown): string {
  return isFailure(value) ? value.code : 'none'
}

export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is there')
  return value
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function text(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content)
}

/** Appends one message for each text. */
export async function fill(mailbox: Mailbox, ...texts: string[]): Promise<readonly Message[]> {
  return made(await mailbox.append(texts.map((one) => ({ content: bytes(one), flags: [] }))))
}

export function uids(messages: readonly Message[]): readonly number[] {
  return messages.map(({ uid }) => uid)
}

export function relayTo(host: string, ...addresses: string[]): NewQueued {
  return {
    host,
    sender: ALICE,
    body: '8BITMIME',
    smtpUtf8: false,
    messageId: 'one@harbor.test',
    recipients: addresses.map((address) => ({ address })),
  }
}

/** A path in a folder that goes when the test does. */
export function freshFile(test: { after(run: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-mailboxes-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'mail.db')
}
