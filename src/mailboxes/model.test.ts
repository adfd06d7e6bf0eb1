// The store beside a model of a few lines: whatever is asked for, in whatever groups, with failing groups and restarts in
// between, both end up with the same mailboxes, and whoever follows the changes has what is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../core/failure.ts'
import type { Account, Mailbox, Message } from '../core/post.ts'
import { bytes, freshFile, samplePost, text, there, uids, type Sample } from './sample-post.ts'

const MAX_BYTES = 400_000
/** With this in a group, the group fails. */
const TOO_MUCH = { content: new Uint8Array(MAX_BYTES), flags: [] }
const RUNS = 60

const name = fc.constantFrom('INBOX', 'Trash', 'a', 'a/b', 'c')
const flags = fc.subarray(['\\Seen', '\\Deleted', 'k', 'K', 'l'])
/** Which messages: those whose place in the mailbox has its bit set. */
const mask = fc.nat(255)

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), name, flags, text: fc.string({ maxLength: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('expunge'), name, mask }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('copy', 'move'), name, mask, to: name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('add', 'remove', 'replace'), name, mask, flags }) },
  fc.record({ kind: fc.constantFrom('create', 'delete'), name }),
  fc.record({ kind: fc.constant('rename'), name, to: name }),
)
const group = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  end: fc.constantFrom('well', 'well', 'well', 'full', 'restart'),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface ModelMessage {
  uid: number
  text: string
  flags: string[]
}

interface ModelMailbox {
  /** Absent once it is removed. */
  name?: string
  uidNext: number
  messages: ModelMessage[]
}

class Model {
  boxes: ModelMailbox[] = ['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'Trash'].map(modelBox)

  find(name: string): ModelMailbox | undefined {
    return this.boxes.find((box) => box.name === name)
  }

  make(name: string): ModelMailbox {
    for (const level of name === 'a/b' ? ['a'] : []) if (!this.find(level)) this.boxes.push(modelBox(level))
    const box = modelBox(name)
    this.boxes.push(box)
    return box
  }

  remove(name: string): void {
    const box = this.find(name)
    if (box === undefined || name === 'INBOX') return
    delete box.name
    box.messages = []
  }

  rename(from: string, to: string): void {
    const box = this.find(from)
    if (box === undefined || this.find(to) !== undefined) return
    if (from === 'INBOX') return transfer(box, box.messages, this.make(to), true)
    if (to.startsWith(`${from}/`)) return
    const tree = this.boxes.filter((one) => one.name === from || one.name?.startsWith(`${from}/`))
    if (tree.some((one) => this.find(to + one.name?.slice(from.length)) !== undefined)) return
    const moved = tree.map((one) => ({ one, name: to + one.name?.slice(from.length) }))
    if (to === 'a/b' && from !== 'a' && !this.find('a')) this.boxes.push(modelBox('a'))
    for (const { one, name } of moved) one.name = name
  }
}

function modelBox(name: string): ModelMailbox {
  return { name, uidNext: 1, messages: [] }
}

function transfer(from: ModelMailbox, chosen: readonly ModelMessage[], to: ModelMailbox, leave: boolean): void {
  if (from.name === undefined || to.name === undefined) return
  const there = chosen.filter((message) => from.messages.includes(message))
  if (leave) from.messages = from.messages.filter((message) => !there.includes(message))
  for (const message of there) to.messages.push({ ...message, uid: to.uidNext++ })
}

function reflag(message: ModelMessage, kind: string, flags: readonly string[]): void {
  const once = flags.filter((flag, at) => !has(flags.slice(0, at), flag))
  if (kind === 'remove') message.flags = message.flags.filter((flag) => !has(once, flag))
  else if (kind === 'add') message.flags.push(...once.filter((flag) => !has(message.flags, flag)))
  else if (once.length !== message.flags.length || once.some((flag) => !has(message.flags, flag))) message.flags = once
}

function has(flags: readonly string[], flag: string): boolean {
  return flags.some((one) => one.toLowerCase() === flag.toLowerCase())
}

/** What a step does to the model. What it is about is looked up first, as a caller does who asks for all in one turn. */
function modelled(model: Model, one: Step): () => void {
  const box = model.find(one.name)
  const chosen = 'mask' in one ? (box?.messages ?? []).filter((_, at) => (one.mask >> at) & 1) : []
  const to = 'to' in one ? model.find(one.to) : undefined
  return () => {
    if (one.kind === 'create') void (model.find(one.name) ?? model.make(one.name))
    else if (one.kind === 'delete') model.remove(one.name)
    else if (one.kind === 'rename') model.rename(one.name, one.to)
    else if (box?.name === undefined) return
    else if (one.kind === 'append') appendTo(box, one.text, one.flags)
    else if ('flags' in one) for (const message of chosen) reflag(message, one.kind, one.flags)
    else if (to !== undefined) transfer(box, chosen, to, one.kind === 'move')
    else if (one.kind === 'expunge') box.messages = box.messages.filter((message) => !chosen.includes(message))
  }
}

function appendTo(box: ModelMailbox, text: string, flags: readonly string[]): void {
  const message = { uid: box.uidNext++, text, flags: [] }
  reflag(message, 'replace', flags)
  box.messages.push(message)
}

async function real(account: Account, one: Step): Promise<unknown> {
  if (one.kind === 'create' || one.kind === 'delete') {
    return one.kind === 'create' ? account.create(one.name) : account.remove(one.name)
  }
  if (one.kind === 'rename') return account.rename(one.name, one.to)
  const box = account.mailbox(one.name)
  if (box === undefined) return undefined
  if (one.kind === 'append') return box.append([{ content: bytes(one.text), flags: one.flags }])
  if (!('mask' in one)) return undefined
  const chosen = box.messages.filter((_, at) => (one.mask >> at) & 1)
  if ('flags' in one) return box.changeFlags(chosen, { kind: one.kind, flags: one.flags })
  if (one.kind === 'expunge') return box.expunge(chosen)
  const to = 'to' in one ? account.mailbox(one.to) : undefined
  return to && (one.kind === 'copy' ? box.copy(chosen, to) : box.move(chosen, to))
}

/** The messages of each mailbox as its watchers know them. */
class Follower {
  readonly #known = new Map<Mailbox, readonly Message[]>()

  follow(account: Account): void {
    for (const mailbox of account.mailboxes()) {
      if (this.#known.has(mailbox)) continue
      this.#known.set(mailbox, mailbox.messages)
      mailbox.watch((change) => {
        const known = this.#known.get(mailbox) ?? []
        if (change.kind === 'arrived') this.#known.set(mailbox, [...known, ...change.messages])
        if (change.kind === 'removed') this.#known.set(mailbox, [])
        if (change.kind === 'expunged') {
          this.#known.set(
            mailbox,
            known.filter((message) => !change.messages.includes(message)),
          )
        }
      })
    }
  }

  check(account: Account): void {
    for (const mailbox of account.mailboxes()) {
      const known = this.#known.get(mailbox)
      if (known !== undefined) assert.deepEqual(uids(known), uids(mailbox.messages))
    }
  }
}

function shown(model: Model): unknown {
  const boxes = model.boxes.filter((box) => box.name !== undefined)
  return boxes.map(shownBox).toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

function shownBox(box: ModelMailbox): { readonly name: string } {
  const counted = (flag: string) => box.messages.filter((message) => message.flags.includes(flag)).length
  return Object.assign(
    { name: there(box.name) },
    {
      messages: box.messages.map((message) => ({ ...message, flags: message.flags.toSorted() })),
      uidNext: box.uidNext,
      counts: [box.messages.length - counted('\\Seen'), counted('\\Deleted')],
      bytes: box.messages.reduce((sum, message) => sum + bytes(message.text).length, 0),
    },
  )
}

function shownAccount(account: Account): unknown {
  const boxes = account.mailboxes().map((mailbox) => ({
    name: mailbox.name,
    messages: mailbox.messages.map((message) => ({
      uid: message.uid,
      text: text(mailbox.content(message)),
      flags: message.flags.names.toSorted(),
    })),
    uidNext: mailbox.uidNext,
    counts: [mailbox.unseen, mailbox.deleted],
    bytes: mailbox.storageBytes,
  }))
  return boxes.toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

test('the store does what the model does', async (context) => {
  const oneRun = async (
    groups: readonly { readonly steps: readonly Step[]; readonly end: string }[],
  ): Promise<void> => {
    const file = freshFile(context)
    let sample: Sample = samplePost({ file, maxBytes: MAX_BYTES })
    let follower = new Follower()
    let model = new Model()
    for (const { steps, end } of groups) {
      follower.follow(sample.alice)
      const next = new Model()
      next.boxes = structuredClone(model.boxes)
      const changes = steps.map((one) => modelled(next, one))
      const asked = steps.map((one) => real(sample.alice, one))
      if (end === 'full') asked.push(sample.inbox.append([TOO_MUCH]))
      await Promise.all(asked)
      for (const change of changes) change()
      if (end === 'full') assert.ok(isFailure(await asked.at(-1)))
      else model = next
      if (end === 'restart') {
        await sample.post.close()
        sample = samplePost({ file, maxBytes: MAX_BYTES })
        follower = new Follower()
      }
      assert.deepEqual(shownAccount(sample.alice), shown(model))
      follower.check(sample.alice)
    }
    await sample.post.close()
  }
  await fc.assert(fc.asyncProperty(fc.array(group, { maxLength: 12 }), oneRun), { numRuns: RUNS })
})
