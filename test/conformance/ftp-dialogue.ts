// A host that serves FTP in memory, and conversations with it as tests have them: lines out, replies back, and data
// connections of either kind.

import assert from 'node:assert/strict'
import { isFailure, type StreamIo, type TlsSession, type WorldView } from '../../src/core/index.ts'
import { ftp, parseExtendedPassive, parsePassive } from '../../src/protocols/ftp/index.ts'
import type { Inbox } from '../../src/wire/inbox.ts'
import {
  lonelyWorld,
  MemoryTree,
  serve,
  SimPlane,
  type Served,
  type SimConnect,
  type SimPeer,
} from '../../src/sim/index.ts'

export const FTP_ADDRESS = '198.51.100.1'
const CLIENT = '192.0.2.1'
const NAME = 'files.harbor.test'
const CLIENT_TLS = { serverName: NAME }

export interface FtpSceneOptions {
  readonly config?: object
  readonly plane?: SimPlane
  /** Alice's files, and those of the anonymous. */
  readonly tree?: MemoryTree
  readonly publicTree?: MemoryTree
  readonly address?: string
}

export interface FtpScene {
  readonly served: Served
  readonly plane: SimPlane
  readonly tree: MemoryTree
  readonly publicTree: MemoryTree
  /** A conversation before its greeting was read. */
  connect(port?: number, options?: SimConnect): FtpDialogue
  /** A conversation in which alice has logged in, TYPE I. */
  session(): Promise<FtpDialogue>
  /** Kinds of events so far, but of those that tell of commands. */
  told(): readonly string[]
}

/** Alice and bob, each with the local part for a password. */
export function ftpWorld(trees: ReadonlyMap<string, MemoryTree>, address = FTP_ADDRESS): WorldView {
  const lonely = lonelyWorld([address], 'ftp')
  const host = { ...lonely.host, name: NAME, aliases: ['ftp.harbor.test'] }
  const users = ['alice', 'bob'].map((name) => ({ address: `${name}@harbor.test`, password: name }))
  return {
    ...lonely,
    host,
    hosts: [host],
    users,
    user: (login) => users.find((user) => user.address.split('@')[0] === login || user.address === login),
    home: (name, quota) => trees.get(name) ?? new MemoryTree({}, { quota }),
  }
}

export async function ftpScene(options: FtpSceneOptions = {}): Promise<FtpScene> {
  const { config = {}, plane = new SimPlane(), address = FTP_ADDRESS } = options
  const tree = options.tree ?? new MemoryTree({}, { wallMs: () => plane.wallMs() })
  const publicTree = options.publicTree ?? new MemoryTree({ '/welcome': 'hello\n' })
  const trees = new Map([
    ['alice@harbor.test', tree],
    ['anonymous', publicTree],
  ])
  const served = await serve(ftp, { config, plane, world: ftpWorld(trees, address), addresses: [address] })
  const connect = (port = 21, how: SimConnect = {}): FtpDialogue => new FtpDialogue(served, port, how)
  return {
    served,
    plane,
    tree,
    publicTree,
    connect,
    session: async () => {
      const dialogue = connect()
      const codes = await dialogue.codes('USER alice', 'PASS alice', 'TYPE I')
      assert.deepEqual(codes, ['220', '331', '230', '200'])
      return dialogue
    },
    told: () => served.gate.events.map(({ kind }) => kind).filter((kind) => !kind.startsWith('ftp.command')),
  }
}

export class FtpDialogue {
  readonly peer: SimPeer
  readonly #served: Served
  /** PROT P was said: data connections are secured by the client, with this session. */
  dataTls: { readonly session?: TlsSession } | undefined

  constructor(served: Served, port: number, options: SimConnect = {}) {
    this.#served = served
    this.peer = served.peer(port, options)
  }

  /** All that is answered to these lines, once it has come to rest. */
  async say(...lines: readonly (string | Uint8Array)[]): Promise<string> {
    for (const line of lines) this.peer.send(line, '\r\n')
    return this.heard()
  }

  /** What was said since. */
  async heard(): Promise<string> {
    await this.#served.plane.settled()
    return this.peer.take()
  }

  /** The codes of all replies to these lines. */
  async codes(...lines: readonly (string | Uint8Array)[]): Promise<string[]> {
    return codesOf(await this.say(...lines))
  }

  /** AUTH TLS, the handshake, PBSZ and PROT P. */
  async secure(): Promise<void> {
    assert.match(await this.say('AUTH TLS'), /234 [^\r]*\r\n$/)
    this.peer.secure(CLIENT_TLS)
    await this.#served.plane.settled()
    const { tls } = this.peer
    assert.ok(tls !== undefined && !isFailure(tls))
    this.dataTls = tls.session === undefined ? {} : { session: tls.session }
    assert.deepEqual(await this.codes('PBSZ 0', 'PROT P'), ['200', '200'])
  }

  /** Opens a passive port and connects to it; TLS comes later, as with most clients. `from`: another host than the client's. */
  async passive(command: 'PASV' | 'EPSV' = 'EPSV', from = this.peer.local.ip): Promise<SimPeer> {
    const answer = await this.say(command)
    const text = answer.slice(4)
    const port = command === 'PASV' ? parsePassive(text)?.port : parseExtendedPassive(text)
    assert.ok(port !== undefined, answer)
    const to = { ip: this.peer.remote.ip, port }
    const peer = this.#served.plane.peer(to, { from: { ip: from, port: 40_000 + (port % 1000) } })
    await this.#served.plane.settled()
    return peer
  }

  /** The transfer of a command over a passive port: what came over it, and all replies. */
  async fetch(command: string): Promise<{ readonly data: string; readonly codes: readonly string[] }> {
    const data = await this.passive()
    const first = await this.say(command)
    await this.#dataTls(data)
    const codes = codesOf(first + (await this.heard()))
    const text = data.take()
    data.end()
    await this.#served.plane.settled()
    return { data: text, codes }
  }

  /** Sends content by a command over a passive port; all replies. */
  async store(command: string, content: string | Uint8Array): Promise<readonly string[]> {
    const data = await this.passive()
    const first = await this.say(command)
    await this.#dataTls(data)
    data.send(content).end()
    return codesOf(first + (await this.heard()))
  }

  async #dataTls(data: SimPeer): Promise<void> {
    if (this.dataTls === undefined) return
    data.secure({ ...CLIENT_TLS, ...this.dataTls })
    await this.#served.plane.settled()
  }
}

export function codesOf(answer: string): string[] {
  return [...answer.matchAll(/^(\d{3}) [^\r]*\r$/gm)].map(([, code = '']) => code)
}

/** Where a client waits for the server's data connection: what came over it, and a way to answer. */
export class DataListener {
  text = ''
  io: StreamIo | undefined
  from = 0

  accept(io: StreamIo): { received(inbox: Inbox): boolean } {
    this.io = io
    this.from = io.peer.port
    return {
      received: (inbox) => {
        this.text += Buffer.from(inbox.peek()).toString('latin1')
        inbox.clear()
        return true
      },
    }
  }
}

/** Listens at the client's own address. */
export async function clientListener({ plane, served }: FtpScene, port: number, ip = CLIENT): Promise<DataListener> {
  const listener = new DataListener()
  const listen = { transport: 'tcp', port, accept: (io: StreamIo) => listener.accept(io) } as const
  await plane.listenStream(listen, { at: { ip, port }, service: 'client' }, served.gate)
  return listener
}
