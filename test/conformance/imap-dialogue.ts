// Conversations with an IMAP server in memory, as tests have them: commands out, answers back.

import assert from 'node:assert/strict'
import type { Mailbox } from '../../src/core/index.ts'
import { imap } from '../../src/protocols/imap/index.ts'
import { serve, SimPlane, type Served, type SimPeer } from '../../src/sim/index.ts'
import { mailWorld, type MailWorld } from './mail-world.ts'

const ADDRESS = '198.51.100.1'
const TLS = { serverName: 'mail.harbor.test' }
const ALICE = 'alice@harbor.test'

export interface ImapScene extends Served, MailWorld {
  /** Alice's mailbox of that name. */
  mailbox(name: string): Mailbox
  /** Alice, logged in under TLS. */
  session(): Promise<ImapDialogue>
  /** Somebody who has seen the greeting: on 143, or under TLS. */
  stranger(tls?: 'tls'): Promise<ImapDialogue>
}

/** `inbox`: what lies in alice's INBOX, oldest first. */
export async function imapScene(
  inbox: readonly string[] = [],
  config: object = {},
  plane = new SimPlane(),
): Promise<ImapScene> {
  const world = await mailWorld(ADDRESS, 'imap', inbox)
  const served = await serve(imap, { config, world: world.view, plane, addresses: [ADDRESS] })
  return {
    ...served,
    ...world,
    mailbox: (name) => {
      const mailbox = world.post.account(ALICE)?.mailbox(name)
      assert.ok(mailbox !== undefined)
      return mailbox
    },
    session: async () => {
      const dialogue = new ImapDialogue(served, served.peer(993, { tls: TLS }))
      await dialogue.heard()
      assert.match(await dialogue.say('LOGIN alice alice'), /^\S+ OK \[CAPABILITY /)
      return dialogue
    },
    stranger: async (tls) => {
      const dialogue = new ImapDialogue(served, tls === undefined ? served.peer(143) : served.peer(993, { tls: TLS }))
      assert.match(await dialogue.heard(), /^\* OK \[CAPABILITY /)
      return dialogue
    },
  }
}

export class ImapDialogue {
  readonly peer: SimPeer
  readonly #served: Served
  #number = 0

  constructor(served: Served, peer: SimPeer) {
    this.#served = served
    this.peer = peer
  }

  /** Everything that is answered to these octets. */
  async send(...parts: readonly (string | Uint8Array)[]): Promise<string> {
    this.peer.send(...parts)
    return this.heard()
  }

  /** What has come since the last time. */
  async heard(): Promise<string> {
    await this.#served.plane.settled()
    return this.peer.take()
  }

  /** Everything that is answered to a command, tags cut from its own lines: `OK selected`. */
  async say(command: string): Promise<string> {
    const tag = `t${++this.#number}`
    return (await this.send(`${tag} ${command}\r\n`)).replaceAll(`${tag} `, '. ')
  }

  /** The untagged lines, and the status with its code: `['* 1 EXISTS', 'OK [READ-ONLY]']`. */
  async lines(command: string): Promise<string[]> {
    const lines = (await this.say(command)).split('\r\n').slice(0, -1)
    return lines.map((line) => (line.startsWith('. ') ? statusOf(line) : line))
  }

  /** The tagged response: status and code. */
  async status(command: string): Promise<string> {
    return (await this.lines(command)).at(-1) ?? ''
  }

  /** Adds a message and gives what the server said. */
  async append(mailbox: string, content: string, flags = ''): Promise<string> {
    const bytes = Buffer.from(content)
    const form = bytes.length > 4096 ? `{${bytes.length}}` : `{${bytes.length}+}`
    return this.send(`a APPEND ${mailbox} ${flags === '' ? '' : `${flags} `}${form}\r\n`, bytes, '\r\n')
  }
}

function statusOf(line: string): string {
  return /^\. (\S+(?: \[[^\]]*\])?)/.exec(line)?.[1] ?? line
}
