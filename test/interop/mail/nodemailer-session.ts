// A program inside a world: nodemailer over 587 and 465, pooled and single. Prints what happened as JSON.

import { createTransport } from 'nodemailer'

const auth = { user: 'alice@harbor.test', pass: 'alice' }
const from = 'Alice <alice@harbor.test>'
const to = 'Bob <bob@island.test>'

const submission = createTransport({
  host: 'mail.harbor.test',
  port: 587,
  requireTLS: true,
  auth,
  pool: true,
  maxConnections: 2,
})
const secure = createTransport({ host: 'mail.harbor.test', port: 465, secure: true, auth })
const wrong = createTransport({ host: 'mail.harbor.test', port: 465, secure: true, auth: { ...auth, pass: 'bob' } })

const rich = await submission.sendMail({
  from,
  to,
  subject: 'Grüße aus dem Hafen 🚢',
  text: 'plain',
  html: '<b>rich</b> <img src="cid:ship">',
  attachments: [
    { filename: 'ship.png', content: Buffer.alloc(20_000, 7), cid: 'ship' },
    { filename: 'Ä long name, with commas; and more of it that goes on and on.txt', content: 'text' },
  ],
  dsn: { id: 'rich-1', return: 'headers', notify: ['failure'], recipient: 'alice@harbor.test' },
})
const crowd = await Promise.all(
  Array.from({ length: 10 }, (_, number) =>
    submission.sendMail({ from, to, subject: `number ${number}`, text: '.\n..\n' }),
  ),
)
submission.close()
const single = await secure.sendMail({
  from,
  to: [to, 'alice@harbor.test', 'nobody@harbor.test'],
  subject: 'some',
  text: 'x',
})
const verified = await secure.verify()
const refusal = await wrong.verify().then(
  () => undefined,
  (error: Error & { responseCode?: number }) => error.responseCode,
)
console.log(
  JSON.stringify({
    rich: rich.response.slice(0, 9),
    crowd: crowd.map(({ accepted }) => accepted.length),
    rejected: single.rejected,
    verified,
    refusal,
  }),
)
