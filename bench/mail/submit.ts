// One mail handed in as a mail client does it: connect, STARTTLS, log in, MAIL, RCPT, DATA. Nothing is pipelined.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Place } from '../world.ts'
import type { Login } from './sides.ts'

export async function submit(place: Place, { user, password }: Login, to: string, content: string): Promise<void> {
  const plain = connect({ host: place.ip, port: place.port, noDelay: true })
  await reply(plain, 220)
  await say(plain, 'EHLO client.test', 250)
  await say(plain, 'STARTTLS', 220)
  const secure = connectTls({ socket: plain, rejectUnauthorized: false })
  await once(secure, 'secureConnect')
  await say(secure, 'EHLO client.test', 250)
  await say(secure, `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`, 235)
  await say(secure, `MAIL FROM:<${user}>`, 250)
  await say(secure, `RCPT TO:<${to}>`, 250)
  await say(secure, 'DATA', 354)
  await say(secure, `${content}.`, 250)
  secure.end('QUIT\r\n')
  secure.on('error', () => undefined)
}

async function say(socket: Socket, line: string, code: number): Promise<void> {
  socket.write(`${line}\r\n`)
  await reply(socket, code)
}

/** Waits for a whole reply (RFC 5321 §4.2). Throws when it has another code. */
async function reply(socket: Socket, code: number): Promise<void> {
  let text = ''
  while (!/^\d{3}[^-].*\r\n$/m.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))) {
    const [chunk] = await once(socket, 'data')
    text += String(chunk)
  }
  if (!text.startsWith(String(code))) throw new Error(`expected ${code}, got ${text}`)
}
