// A program inside a world: imapflow on one mailbox with two sessions, over 993 and by STARTTLS. Prints what happened as
// JSON.

import { once } from 'node:events'
import { ImapFlow } from 'imapflow'

const auth = { user: 'bob@island.test', pass: 'bob' }
const flow = new ImapFlow({ host: 'mail.island.test', port: 993, secure: true, auth, logger: false, qresync: true })
const other = new ImapFlow({
  host: 'mail.island.test',
  port: 143,
  secure: false,
  doSTARTTLS: true,
  auth,
  logger: false,
})
await flow.connect()
await other.connect()

const opened = await flow.mailboxOpen('INBOX')
const [first] = await flow.fetchAll('1', {
  envelope: true,
  bodyStructure: true,
  flags: true,
  uid: true,
  size: true,
  source: true,
})
const part = await flow.download('1', '2')
const chunks: Buffer[] = []
if ('content' in part && part.content !== undefined)
  for await (const chunk of part.content) chunks.push(Buffer.from(chunk))

const created = await flow.mailboxCreate('Übersee/Häfen & Inseln')
const appended = await flow.append(
  created.path,
  'Subject: added\r\n\r\nbody\r\n',
  ['\\Seen', '$Label'],
  new Date('2026-01-02T03:04:05Z'),
)
const copied = await flow.messageCopy('1:2', created.path)
const moved = await flow.messageMove('3', created.path)

// The second session hears of what the first one does while it idles.
await other.mailboxOpen(created.path)
const heard = once(other, 'exists')
void other.idle()
await flow.append(created.path, 'Subject: news\r\n\r\nnews\r\n')
const [news] = await heard

await other.mailboxOpen('INBOX')
await other.messageFlagsAdd('1', ['\\Flagged', 'Anlage'], { uid: true })
const flagged = await other.search({ flagged: true, keyword: 'Anlage' }, { uid: true })
const subject = await flow.search({ subject: 'Grüße', since: new Date('2020-01-01') }, { uid: true })
const status = await flow.status(created.path, { messages: true, unseen: true, uidNext: true, highestModseq: true })
const quota = await flow.getQuota('INBOX')
const tree = (await flow.list()).map(({ path, specialUse }) => `${path} ${specialUse ?? ''}`.trimEnd())
await flow.mailboxRename(created.path, 'Übersee/Neu')
const deleted = await flow.messageDelete('1:*')
const left = await other.status('INBOX', { messages: true })
await flow.mailboxDelete('Übersee/Neu')
await other.logout()
await flow.logout()

console.log(
  JSON.stringify({
    exists: opened.exists,
    subject: first?.envelope?.subject,
    from: first?.envelope?.from?.[0]?.address,
    parts: first?.bodyStructure?.childNodes?.map(({ type }) => type),
    sizes: first?.size === first?.source?.length,
    attachment: Buffer.concat(chunks).length,
    created: created.path,
    appended: appended !== false && appended.uid,
    copied: copied !== false && copied.uidMap?.size,
    moved: moved !== false && moved.uidMap?.size,
    news: news.count,
    flagged,
    found: Array.isArray(subject) && subject.length,
    messages: status !== false && [status.messages, status.unseen],
    quota: quota !== false && quota.quotaRoot,
    tree,
    deleted,
    left: left !== false && left.messages,
  }),
)
