// A conversation with an SMTP server in memory, as tests have it: lines out, codes back.

import type { Served, SimConnect, SimPeer } from '../../src/sim/index.ts'

export class MailDialogue {
  readonly peer: SimPeer
  readonly #served: Served

  constructor(served: Served, port: number, options: SimConnect = {}) {
    this.#served = served
    this.peer = served.peer(port, options)
  }

  /** All that is answered to `text`. */
  async say(text: string | Uint8Array): Promise<string> {
    this.peer.send(text)
    await this.#served.plane.settled()
    return this.peer.take()
  }

  /** The last line of each reply to these lines, its text left out: `250 2.1.0`. */
  async codes(...lines: readonly string[]): Promise<string[]> {
    const answer = await this.say(lines.map((line) => `${line}\r\n`).join(''))
    return [...answer.matchAll(/^(\d{3})(?: (\d\.\d+\.\d+))?(?: [^\r]*)?\r$/gm)].map(([, code = '', enhanced]) =>
      enhanced === undefined ? code : `${code} ${enhanced}`,
    )
  }
}
