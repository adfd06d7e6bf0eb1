// One session (RFC 4254 §6): what a client sets up before, the one thing that then runs, and what it says to it meanwhile.

import type { Terminal, WindowSize } from '../../../core/index.ts'
import type { ChannelStream } from '../channels/channel-stream.ts'
import { COMMAND_MAX_BYTES, VARIABLES_MAX } from '../limits.ts'
import { parseTerminal, parseVariable, parseWindowSize } from './requests.ts'

/** What is to run. */
export type Wanted =
  | { readonly kind: 'shell' }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'subsystem'; readonly name: string }

/** What runs; it ends the channel itself. */
export interface Running {
  resize(size: WindowSize): void
  /** `name` without SIG. */
  signal(name: string): void
  /** The channel is closed, or its connection gone. */
  hangUp(): void
}

export interface SessionSetting {
  readonly channel: ChannelStream
  readonly environment: Readonly<Record<string, string>>
  readonly terminal: Terminal | undefined
}

export interface SessionOwner {
  /** Whether the login may have a terminal. */
  readonly mayHaveTerminal: boolean
  /** `undefined`: there is no such thing here. */
  run(wanted: Wanted, setting: SessionSetting): Running | undefined
}

export class Session {
  readonly #channel: ChannelStream
  readonly #owner: SessionOwner
  readonly #environment: Record<string, string> = {}
  #variables = 0
  #terminal: Terminal | undefined
  #running: Running | undefined
  #started = false

  constructor(channel: ChannelStream, owner: SessionOwner) {
    this.#channel = channel
    this.#owner = owner
    channel.once('hangup', () => this.#running?.hangUp())
  }

  /** Whether it can be done. `data` is what the engine reads of it. */
  request(type: string, data: unknown): boolean {
    switch (type) {
      case 'env':
        return this.#setVariable(data)
      case 'pty-req':
        return this.#setTerminal(data)
      case 'window-change':
        return this.#resize(parseWindowSize(data))
      case 'signal':
        return this.#signal(data)
      case 'shell':
        return this.#start({ kind: 'shell' })
      case 'exec':
        return typeof data === 'string' && this.#start({ kind: 'exec', command: data })
      case 'subsystem':
        return typeof data === 'string' && this.#start({ kind: 'subsystem', name: data })
      case 'eow@openssh.com':
        this.#channel.receiveEndOfWrite()
        return true
      default:
        // x11-req, auth-agent-req@openssh.com, xon-xoff and the like.
        return false
    }
  }

  #setVariable(data: unknown): boolean {
    const variable = parseVariable(data)
    if (this.#started || variable === undefined || ++this.#variables > VARIABLES_MAX) return false
    this.#environment[variable[0]] = variable[1]
    return true
  }

  #setTerminal(data: unknown): boolean {
    if (this.#started || this.#terminal !== undefined || !this.#owner.mayHaveTerminal) return false
    this.#terminal = parseTerminal(data)
    return true
  }

  #resize(size: WindowSize): boolean {
    if (this.#terminal === undefined) return false
    this.#terminal = { ...this.#terminal, ...size }
    this.#running?.resize(size)
    return true
  }

  #signal(name: unknown): boolean {
    if (typeof name !== 'string') return false
    this.#running?.signal(name)
    return this.#running !== undefined
  }

  #start(wanted: Wanted): boolean {
    if (this.#started) return false
    if (wanted.kind === 'exec' && Buffer.byteLength(wanted.command) > COMMAND_MAX_BYTES) return false
    const setting = { channel: this.#channel, environment: this.#environment, terminal: this.#terminal }
    this.#running = this.#owner.run(wanted, setting)
    this.#started = this.#running !== undefined
    return this.#started
  }
}
