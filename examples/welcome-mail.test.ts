// A program that sends mail, tested against a mail server that exists in this process only: `node --test welcome-mail.test.ts`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTransport } from 'nodemailer'
import { withWorld } from 'portolan/testing'

interface MailServer {
  readonly host: string
  readonly port: number
  /** The name in its certificate, and the authority that signed it. */
  readonly serverName: string
  readonly authorityPem: string
}

/** The program under test. */
async function welcome(server: MailServer, customer: string): Promise<void> {
  const { host, port, serverName, authorityPem } = server
  const transport = createTransport({
    host,
    port,
    requireTLS: true,
    tls: { servername: serverName, ca: authorityPem },
    auth: { user: 'shop@shop.test', pass: 'tea' },
  })
  await transport.sendMail({
    from: 'The Shop <shop@shop.test>',
    to: customer,
    subject: 'Welcome',
    text: `Good to have you here, ${customer}!`,
    attachments: [{ filename: 'prices.csv', content: 'tea,3\n' }],
  })
  transport.close()
}

const world = {
  hosts: { 'mail.shop.test': ['smtp'] },
  users: { 'shop@shop.test': { password: 'tea' }, 'bob@shop.test': { password: 'bob' } },
}

test('a new customer gets a mail with the prices', async (t) => {
  const shop = await withWorld(t, { world })
  const { ip, port } = shop.address('mail.shop.test', 587)
  await welcome({ host: ip, port, serverName: 'mail.shop.test', authorityPem: shop.authorityPem }, 'bob@shop.test')
  const mail = await shop.mail.wait({ to: 'bob@shop.test', subject: 'Welcome' })
  assert.match(mail.text, /Good to have you here, bob@shop\.test!/)
  assert.equal(mail.attachments[0]?.name, 'prices.csv')
  assert.equal(shop.mail.list({ to: 'shop@shop.test' }).length, 0)
})

test('what the program does when the server is full', async (t) => {
  const answers = [{ at: 'rcpt', reply: '452 4.2.2 mailbox full' }]
  const shop = await withWorld(t, { world: { ...world, hosts: { 'mail.shop.test': [{ smtp: { answers } }] } } })
  const { ip, port } = shop.address('mail.shop.test', 587)
  const sending = welcome(
    { host: ip, port, serverName: 'mail.shop.test', authorityPem: shop.authorityPem },
    'bob@shop.test',
  )
  await assert.rejects(sending, /452/)
})
