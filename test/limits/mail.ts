// Mail worlds for this folder, and conversations with their servers: what is sent as it is, what comes taken apart by
// patterns. It knows no protocol but the words that open a session.

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { TestContext } from 'node:test'
import { isFailure } from '../../src/core/failure.ts'
import type { Mailbox, Post } from '../../src/core/post.ts'
import type { RunningWorld, WorldData } from '../../src/index.ts'
import { raw } from './world.ts'

export const HOST = 'mail.harbor.test'
export const ALICE = 'alice@harbor.test'
export const BOB = 'bob@harbor.test'

export type Service = 'smtp' | 'imap' | 'pop3'

/** One mail host. `settings`: what stands in the world file under the name of each service. */
export function mailData(settings: Partial<Record<Service, object>> = {}): WorldData {
  const services = (['smtp', 'imap', 'pop3'] as const).map((name) => ({ [name]: settings[name] ?? {} }))
  return { hosts: { [HOST]: { services } }, users: { [ALICE]: 'alice', [BOB]: 'bob' } }
}

/** A conversation on one connection. All text is Latin-1. */
export class Talk {
  #socket: Socket
  #text = ''
  #ended = false
  #changed: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  /** What has come and nobody took. */
  get unread(): string {
    return this.#text
  }

  send(text: string): void {
    this.#socket.write(Buffer.from(text, 'latin1'))
  }

  /** Resolves once all of it has left this process. */
  sent(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()))
  }

  /**
   * Takes all up to the end of what matches; a line by default. Rejects if the connection ends before, or if a line comes
   * that does not match and `pattern` is about one line only.
   */
  async until(pattern = /\r\n/): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)
      if (found !== null) return this.#take(found.index + found[0].length)
      if (this.#ended || (!pattern.multiline && this.#text.includes('\r\n')))
        throw new Error(`not ${pattern}: ${this.#text.slice(-500)}`)
      await this.#change()
    }
  }

  ask(text: string, pattern?: RegExp): Promise<string> {
    this.send(text)
    return this.until(pattern)
  }

  /** All that comes until the other side closes. */
  async toTheEnd(): Promise<string> {
    while (!this.#ended) await this.#change()
    return this.#take(this.#text.length)
  }

  /** Waits for nothing: whatever comes stays in the kernel. */
  pause(): void {
    this.#socket.pause()
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Takes part in a handshake; nothing may be unread. */
  async startTls(world: RunningWorld): Promise<this> {
    this.#socket.removeAllListeners('data').removeAllListeners('end')
    const secure = connectTls({ socket: this.#socket, servername: HOST, ca: world.authorityPem })
    this.#socket = secure
    this.#listen(secure)
    await once(secure, 'secureConnect')
    return this
  }

  #listen(socket: Socket | TLSSocket): void {
    const over = () => {
      this.#ended = true
      this.#changed?.()
    }
    socket.on('data', (piece: Buffer) => {
      this.#text += piece.toString('latin1')
      this.#changed?.()
    })
    socket.on('end', over).on('close', over).on('error', over)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve
    })
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return taken
  }
}

export interface Reached {
  /** An address of this machine to come from. */
  readonly from?: string
  /** TLS from the first byte. */
  readonly tls?: boolean
}

/** Connects to the mail host; nothing is read yet. */
export async function reach(t: TestContext, world: RunningWorld, port: number, how: Reached = {}): Promise<Talk> {
  const talk = new Talk(await raw(t, world, HOST, port, how.from))
  return how.tls === true ? talk.startTls(world) : talk
}

/** How each protocol greets, upgrades, logs in and says that it is there, in the clear and under TLS. */
interface Manners {
  readonly ports: { readonly plain: number; readonly secure: number }
  readonly greeting: RegExp
  readonly startTls: readonly [words: string, answer: RegExp]
  readonly login: (user: string, password: string) => readonly (readonly [words: string, answer: RegExp])[]
  /** A question that changes nothing. */
  readonly ping: readonly [words: string, answer: RegExp]
}

export const MANNERS: Readonly<Record<Service, Manners>> = {
  smtp: {
    ports: { plain: 587, secure: 465 },
    greeting: /^220 .*\r\n/,
    startTls: ['STARTTLS\r\n', /^220 .*\r\n/],
    login: (user, password) => [
      ['EHLO client.test\r\n', /^250 .*\r\n/m],
      [`AUTH PLAIN ${plain(user, password)}\r\n`, /^235 .*\r\n/],
    ],
    ping: ['NOOP\r\n', /^250 .*\r\n/],
  },
  imap: {
    ports: { plain: 143, secure: 993 },
    greeting: /^\* OK .*\r\n/,
    startTls: ['s STARTTLS\r\n', /^s OK .*\r\n/],
    login: (user, password) => [[`l LOGIN ${user} ${password}\r\n`, /^l OK .*\r\n/m]],
    ping: ['n NOOP\r\n', /^n OK .*\r\n/m],
  },
  pop3: {
    ports: { plain: 110, secure: 995 },
    greeting: /^\+OK .*\r\n/,
    startTls: ['STLS\r\n', /^\+OK .*\r\n/],
    login: (user, password) => [
      [`USER ${user}\r\n`, /^\+OK .*\r\n/],
      [`PASS ${password}\r\n`, /^\+OK .*\r\n/],
    ],
    ping: ['CAPA\r\n', /^\.\r\n/m],
  },
}

/** What AUTH PLAIN sends (RFC 4616). */
export function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}

/** A connection whose greeting was read. */
export async function greeted(t: TestContext, world: RunningWorld, service: Service, how: Reached = {}): Promise<Talk> {
  const { ports, greeting } = MANNERS[service]
  const talk = await reach(t, world, how.tls === true ? ports.secure : ports.plain, how)
  await talk.until(greeting)
  return talk
}

/** A session of a user, under TLS. */
export async function loggedIn(
  t: TestContext,
  world: RunningWorld,
  service: Service,
  user: string = ALICE,
  how: Reached = {},
): Promise<Talk> {
  const talk = await greeted(t, world, service, { tls: true, ...how })
  for (const [words, answer] of MANNERS[service].login(user, user.split('@')[0] ?? '')) await talk.ask(words, answer)
  return talk
}

/** Another client, from another address, is greeted and answered. */
export async function others(t: TestContext, world: RunningWorld, ...services: readonly Service[]): Promise<void> {
  for (const service of services) {
    const talk = await greeted(t, world, service, { from: '127.0.0.9', tls: true })
    if (service === 'smtp') await talk.ask('EHLO other.test\r\n', /^250 .*\r\n/m)
    await talk.ask(...MANNERS[service].ping)
    talk.close()
  }
}

/** The INBOX of a user of the world. */
export function inboxOf(post: Post, user: string = ALICE): Mailbox {
  const inbox = post.account(user)?.mailbox('INBOX')
  if (inbox === undefined) throw new Error(`${user} has no INBOX`)
  return inbox
}

/** Puts one message there. */
export async function put(mailbox: Mailbox, content: Uint8Array): Promise<void> {
  const added = await mailbox.append([{ content, flags: [] }])
  if (isFailure(added)) throw new Error(added.message)
}
