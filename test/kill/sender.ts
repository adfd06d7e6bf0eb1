// A client of port 25 that sends one mail after the other until its connection ends, and notes which were answered with 250.

import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface SentMail {
  readonly messageId: string
  readonly to: readonly string[]
  /** The server said 250 behind its content: it answers for it. */
  isTaken: boolean
}

export interface SenderOptions {
  readonly ip: string
  readonly port: number
  /** What to send next; it counts as sent from its first octet on. */
  next(): SentMail
  /** Hears of each mail that the server answers for. */
  taken(): void
  /** How long to wait before the next, milliseconds. */
  waitMs(): number
}

/** Resolves when the connection has ended, by whatever cause. */
export async function sendUntilCut(options: SenderOptions): Promise<void> {
  const socket = connect({ host: options.ip, port: options.port, noDelay: true })
  const replies = new Replies()
  socket.on('data', (chunk: Buffer) => replies.push(chunk.toString('latin1')))
  socket.on('error', () => replies.end())
  socket.on('close', () => replies.end())
  const ask = (text: string, wanted: number): Promise<void> => {
    socket.write(text)
    return replies.want(wanted)
  }
  try {
    await replies.want(220)
    await ask('EHLO sender.elsewhere.test\r\n', 250)
    for (;;) {
      await sendOne(options.next(), ask, replies)
      options.taken()
      await pause(options.waitMs())
    }
  } catch (thrown) {
    if (!(thrown instanceof Cut)) throw thrown
  } finally {
    socket.destroy()
  }
}

async function sendOne(
  mail: SentMail,
  ask: (text: string, wanted: number) => Promise<void>,
  replies: Replies,
): Promise<void> {
  const recipients = mail.to.map((address) => `RCPT TO:<${address}>\r\n`).join('')
  await ask(`MAIL FROM:<sender@elsewhere.test>\r\n${recipients}DATA\r\n`, 250)
  for (const _ of mail.to) await replies.want(250)
  await replies.want(354)
  await ask(`Message-ID: <${mail.messageId}>\r\nSubject: kill\r\n\r\n${'text of the mail\r\n'.repeat(50)}.\r\n`, 250)
  mail.isTaken = true
}

/** The connection ended. */
class Cut extends Error {}

/** The last lines of replies, as they come; what came before the end is still read. */
class Replies {
  #text = ''
  #ended = false
  readonly #codes: number[] = []
  #waiting: (() => void) | undefined

  push(text: string): void {
    const lines = (this.#text + text).split('\r\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) if (line[3] === ' ') this.#codes.push(Number(line.slice(0, 3)))
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async want(code: number): Promise<void> {
    for (;;) {
      const got = this.#codes.shift()
      if (got === code) return
      if (got === 421) throw new Cut()
      if (got !== undefined) throw new Error(`the server said ${got}, not ${code}`)
      if (this.#ended) throw new Cut()
      await new Promise<void>((resolve) => (this.#waiting = resolve))
    }
  }

  #wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }
}
