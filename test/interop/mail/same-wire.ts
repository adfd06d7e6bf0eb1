// One connection to a server that is compared: text goes out as it is, what comes is taken piece by piece. All text is
// Latin-1, so that every octet is one character. Knows no protocol.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A server that says nothing for so long has nothing to say. */
const PATIENCE_MS = 8000

export interface Place {
  readonly ip: string
  readonly port: number
}

export class Wire {
  #socket: Socket
  #text = ''
  #ended = false
  #changed: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  /** Whose certificate it is does not matter here. Nothing may be unread. */
  async startTls(): Promise<void> {
    this.#socket.removeAllListeners('data').removeAllListeners('end')
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    this.#socket = secure
    this.#listen(secure)
    await once(secure, 'secureConnect')
  }

  static async open({ ip, port }: Place): Promise<Wire> {
    const socket = connect({ host: ip, port, noDelay: true })
    await once(socket, 'connect')
    return new Wire(socket)
  }

  send(text: string): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.from(text, 'latin1'))
  }

  /**
   * Takes from what has come as many characters as `measure` says; it is asked again with more where it says undefined.
   * Undefined once the server has closed. Rejects if nothing fitting comes in time.
   */
  async take(measure: (text: string) => number | undefined): Promise<string | undefined> {
    for (;;) {
      const length = measure(this.#text)
      if (length !== undefined) return this.#cut(length)
      if (this.#ended) return undefined
      await this.#change()
    }
  }

  /** All that comes until the server closes. */
  async rest(): Promise<string> {
    while (!this.#ended) await this.#change()
    return this.#cut(this.#text.length)
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    const over = (): void => {
      this.#ended = true
      this.#changed?.()
    }
    socket.on('data', (piece: Buffer) => {
      this.#text += piece.toString('latin1')
      this.#changed?.()
    })
    socket.on('end', over).on('close', over).on('error', over)
  }

  #cut(length: number): string {
    const taken = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return taken
  }

  #change(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`silence behind: ${this.#text.slice(-300)}`)), PATIENCE_MS)
      this.#changed = () => {
        clearTimeout(timer)
        this.#changed = undefined
        resolve()
      }
    })
  }
}

/** For `take`: one line with its end. */
export function lineIn(text: string): number | undefined {
  const end = text.indexOf('\n')
  return end < 0 ? undefined : end + 1
}
