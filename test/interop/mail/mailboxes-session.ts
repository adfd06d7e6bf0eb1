// A program that fills, changes and lists the mailboxes of one IMAP server, octet for octet: what isync is to keep alike.
// Words: host, port, `tls` or `plain`, an action. `fill` and `change` read their orders as JSON from standard input;
// `list` prints what is there.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import * as v from 'valibot'

const placed = v.array(v.object({ mailbox: v.string(), file: v.string(), flags: v.array(v.string()) }))
const changes = v.array(
  v.object({
    mailbox: v.string(),
    message: v.string(),
    kind: v.picklist(['add', 'remove', 'delete']),
    flags: v.array(v.string()),
  }),
)

/** isync writes this field into what it copies. */
const OWN_FIELD = /^X-TUID: .*\r\n/gm

const [host = '', port = '', security, action] = process.argv.slice(2)
const auth = { user: 'bob@island.test', pass: 'bob' }
const flow = new ImapFlow({
  host,
  port: Number(port),
  secure: security === 'tls',
  auth,
  logger: false,
  maxLiteralSize: 1 << 24,
})
await flow.connect()
if (action === 'fill') await fill(v.parse(placed, orders()))
else if (action === 'change') await change(v.parse(changes, orders()))
else console.log(JSON.stringify(await list()))
await flow.logout()

function orders(): unknown {
  return JSON.parse(readFileSync(0, 'utf8'))
}

async function fill(mails: v.InferOutput<typeof placed>): Promise<void> {
  const there = new Set((await flow.list()).map(({ path }) => path))
  for (const mailbox of new Set(mails.map((mail) => mail.mailbox))) {
    if (!there.has(mailbox)) await flow.mailboxCreate(mailbox)
  }
  for (const { mailbox, file, flags } of mails) {
    const added = await flow.append(mailbox, readFileSync(file), flags)
    if (added === false) throw new Error(`${file} was not added to ${mailbox}`)
  }
}

async function change(asked: v.InferOutput<typeof changes>): Promise<void> {
  for (const { mailbox, message, kind, flags } of asked) {
    await flow.mailboxOpen(mailbox)
    const found = (await messages()).find((one) => one.message === message)
    if (found === undefined) throw new Error(`${message} is not in ${mailbox}`)
    const uid = String(found.uid)
    if (kind === 'add') await flow.messageFlagsAdd(uid, flags, { uid: true })
    else if (kind === 'remove') await flow.messageFlagsRemove(uid, flags, { uid: true })
    else await flow.messageDelete(uid, { uid: true })
  }
}

async function list() {
  const all = []
  for (const { path, flags } of await flow.list()) {
    if (flags.has('\\Noselect') || flags.has('\\NonExistent')) continue
    await flow.mailboxOpen(path, { readOnly: true })
    for (const { message, flags, size } of await messages()) all.push({ mailbox: path, message, flags, size })
  }
  return all
}

async function messages() {
  if (flow.mailbox === false || flow.mailbox.exists === 0) return []
  const fetched = await flow.fetchAll('1:*', { uid: true, flags: true, source: true })
  return fetched.map(({ uid, flags = new Set<string>(), source = Buffer.alloc(0) }) => ({
    uid,
    message: hashOf(source),
    flags: [...flags].filter((flag) => flag !== '\\Recent').toSorted(),
    size: source.length,
  }))
}

function hashOf(source: Buffer): string {
  return createHash('sha256').update(source.toString('latin1').replace(OWN_FIELD, ''), 'latin1').digest('hex')
}
