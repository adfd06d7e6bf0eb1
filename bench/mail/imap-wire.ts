// A bare IMAP client that measures servers: it sends lines, counts what comes back, and looks at no more of it than it
// must, so that what is measured is the other side.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Place } from '../world.ts'

const READ_BYTES = 256 * 1024
/** Longer than any last line of a response. */
const TAIL_BYTES = 512
const LINE_FEED = 10
const NEWS = /\* \d+ EXISTS\r\n/

interface Waiting {
  readonly isOver: (tail: Buffer) => boolean
  readonly resolve: (tail: string) => void
  readonly reject: (error: Error) => void
}

export class ImapWire {
  /** Octets received since the beginning. */
  received = 0
  readonly #socket: Socket
  #tail: Buffer = Buffer.alloc(0)
  #waiting: Waiting | undefined
  #tags = 0

  private constructor(place: Place) {
    const onread = { buffer: Buffer.allocUnsafe(READ_BYTES), callback: this.#heard.bind(this) }
    this.#socket = connect({ host: place.ip, port: place.port, noDelay: true, onread })
    this.#socket.on('error', (error) => this.#waiting?.reject(error))
    this.#socket.on('close', () => this.#waiting?.reject(new Error(`closed after: ${this.#tail.toString('latin1')}`)))
  }

  /** A session behind its login, over plain TCP. */
  static async login(place: Place, user: string, password: string): Promise<ImapWire> {
    const wire = new ImapWire(place)
    await wire.#until((tail) => tail.at(-1) === LINE_FEED)
    await wire.command(`LOGIN ${user} ${password}`)
    return wire
  }

  /** Resolves with the tagged line, once it is there. Throws when it is not OK. */
  async command(text: string): Promise<string> {
    return lastLine(await this.#completedWith(text))
  }

  /** APPEND with a literal that waits for its turn. */
  async append(mailbox: string, content: Uint8Array): Promise<void> {
    const tag = this.#nextTag()
    this.#socket.write(`${tag} APPEND ${mailbox} {${content.length}}\r\n`)
    await this.#until((tail) => lastLine(tail).startsWith('+'))
    this.#socket.cork()
    this.#socket.write(content)
    this.#socket.write('\r\n')
    this.#socket.uncork()
    await this.#completed(tag)
  }

  /** One after the other without waiting: literals of 4,096 octets at most need no permission (RFC 7888 §5). */
  async appendAll(mailbox: string, contents: readonly Uint8Array[]): Promise<void> {
    let tag = ''
    for (const content of contents) {
      tag = this.#nextTag()
      this.#socket.write(`${tag} APPEND ${mailbox} {${content.length}+}\r\n`)
      this.#socket.write(content)
      this.#socket.write('\r\n')
    }
    await this.#completed(tag)
  }

  /** Asks again and again, without a pause, until there is word of new mail. */
  async ask(): Promise<void> {
    while (!NEWS.test(await this.#completedWith('NOOP'))) continue
  }

  /** Begins to IDLE; resolves once the server has agreed. */
  async idle(): Promise<void> {
    this.#socket.write(`${this.#nextTag()} IDLE\r\n`)
    await this.#until((tail) => lastLine(tail).startsWith('+'))
  }

  /** While it idles: resolves once there is word of new mail. */
  async exists(): Promise<void> {
    await this.#until((tail) => NEWS.test(tail.toString('latin1')))
  }

  /** Stops idling. */
  async done(): Promise<void> {
    this.#socket.write('DONE\r\n')
    await this.#completed(`a${this.#tags}`)
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return
    const closed = once(this.#socket, 'close')
    this.#socket.destroy()
    await closed
  }

  #nextTag(): string {
    this.#tags += 1
    return `a${this.#tags}`
  }

  #completedWith(text: string): Promise<string> {
    const tag = this.#nextTag()
    this.#socket.write(`${tag} ${text}\r\n`)
    return this.#completed(tag)
  }

  /** Resolves with the end of what came before the tagged line, and that line. */
  async #completed(tag: string): Promise<string> {
    const start = `${tag} `
    const tail = await this.#until((tail) => lastLine(tail).startsWith(start))
    if (!lastLine(tail).startsWith(`${start}OK`)) throw new Error(`${this.#socket.remotePort}: ${lastLine(tail)}`)
    return tail
  }

  #until(isOver: (tail: Buffer) => boolean): Promise<string> {
    this.#tail = Buffer.alloc(0)
    return new Promise((resolve, reject) => {
      this.#waiting = { isOver, resolve, reject }
    })
  }

  #heard(size: number, buffer: Uint8Array): boolean {
    this.received += size
    const part = buffer.subarray(Math.max(0, size - TAIL_BYTES), size)
    this.#tail = Buffer.concat([this.#tail, part]).subarray(-TAIL_BYTES)
    const waiting = this.#waiting
    if (waiting === undefined || this.#tail.at(-1) !== LINE_FEED || !waiting.isOver(this.#tail)) return true
    this.#waiting = undefined
    waiting.resolve(this.#tail.toString('latin1'))
    return true
  }
}

/** The last whole line, without its end. */
function lastLine(tail: Buffer | string): string {
  const text = typeof tail === 'string' ? tail : tail.toString('latin1')
  const end = text.lastIndexOf('\r\n')
  return text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
}
