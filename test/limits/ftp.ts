// FTP worlds for this folder, and conversations with their server: what is sent as it is, data connections by EPSV.

import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Address } from '../../src/core/address.ts'
import type { RunningWorld, WorldData } from '../../src/index.ts'
import { Talk } from './mail.ts'
import { raw, rawAt } from './world.ts'

export const HOST = 'files.harbor.test'
export const ALICE = 'alice@harbor.test'
export const OK = /^2\d\d .*\r\n/
/** A program with such a world, its state in the folder that it is told. */
export const CHILD = fileURLToPath(new URL('ftp-disk-child.ts', import.meta.url))
/** Where others come from. */
const ELSEWHERE = '127.0.0.9'

/** One host with the files of two users. `settings`: what stands in the world file under `ftp`. */
export function ftpData(settings: object = {}): WorldData {
  return {
    hosts: { [HOST]: { services: [{ ftp: settings }] } },
    users: { [ALICE]: 'alice', 'bob@harbor.test': 'bob' },
  }
}

/** A conversation whose greeting was read. `from`: an address of this machine. */
export async function greeted(t: TestContext, world: RunningWorld, from?: string): Promise<Talk> {
  const talk = new Talk(await raw(t, world, HOST, 21, from))
  await talk.until(/^220 .*\r\n/)
  return talk
}

/** A session of a user whose password is the name, TYPE I. */
export async function loggedIn(t: TestContext, world: RunningWorld, user = 'alice', from?: string): Promise<Talk> {
  const talk = await greeted(t, world, from)
  await login(talk, user)
  return talk
}

async function login(talk: Talk, user: string): Promise<void> {
  await talk.ask(`USER ${user}\r\n`, /^331 .*\r\n/)
  await talk.ask(`PASS ${user}\r\n`, /^230 .*\r\n/)
  await talk.ask('TYPE I\r\n', OK)
}

/** A session with a world in another process. */
export interface FarSession {
  readonly at: Address
  readonly talk: Talk
}

/** The same of alice with a world in a process that runs `CHILD`. */
export async function farSession(
  t: TestContext,
  child: ChildProcessByStdio<null, Readable, null>,
): Promise<FarSession> {
  t.after(() => void child.kill('SIGKILL'))
  const [said]: string[] = await once(createInterface({ input: child.stdout }), 'line')
  const at: Address = JSON.parse(said ?? '')
  const talk = new Talk(await rawAt(t, at))
  await talk.until(/^220 .*\r\n/)
  await login(talk, 'alice')
  return { at, talk }
}

/** A data connection that stands, for the next transfer. Nothing of it is read. */
export function passive(t: TestContext, world: RunningWorld, talk: Talk, from?: string): Promise<Socket> {
  return passiveAt(t, world.address(HOST, 21), talk, from)
}

/** The same to a server that stands there. */
export async function passiveAt(t: TestContext, at: Address, talk: Talk, from?: string): Promise<Socket> {
  const port = Number(/\|\|\|(\d+)\|/.exec(await talk.ask('EPSV\r\n', /^229 .*\r\n/))?.[1])
  return rawAt(t, { ip: at.ip, port }, from)
}

/** What a download brings. */
export async function fetched(t: TestContext, world: RunningWorld, talk: Talk, command: string): Promise<string> {
  const data = await passive(t, world, talk)
  await talk.ask(`${command}\r\n`, /^150 .*\r\n/)
  const pieces: Buffer[] = []
  data.on('data', (piece: Buffer) => pieces.push(piece))
  await once(data, 'end')
  data.destroy()
  await talk.until(OK)
  return Buffer.concat(pieces).toString('latin1')
}

/** Uploads, and gives the reply that ends it. */
export function stored(
  t: TestContext,
  world: RunningWorld,
  talk: Talk,
  command: string,
  content: string | Uint8Array,
): Promise<string> {
  return storedAt(t, world.address(HOST, 21), talk, command, content)
}

/** The same to a server that stands there. */
export async function storedAt(
  t: TestContext,
  at: Address,
  talk: Talk,
  command: string,
  content: string | Uint8Array,
): Promise<string> {
  const data = await passiveAt(t, at, talk)
  const opening = await talk.ask(`${command}\r\n`)
  if (!opening.startsWith('150')) return opening
  data.end(content)
  const answer = await talk.until()
  data.destroy()
  return answer
}

/** Another client, from another address, moves a file both ways. */
export async function others(t: TestContext, world: RunningWorld): Promise<void> {
  const talk = await loggedIn(t, world, 'bob', ELSEWHERE)
  const data = await passive(t, world, talk, ELSEWHERE)
  await talk.ask('STOR other\r\n', /^150 .*\r\n/)
  data.end('other')
  await talk.until(OK)
  await talk.ask('SIZE other\r\n', /^213 5\r\n/)
  talk.close()
  data.destroy()
}
