// For tests: ssh2's own client over a stream of any plane, and what it gets as values.

import type { Duplex } from 'node:stream'
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2'
import type { Address, Io } from '../../core/index.ts'

/** A stream to `to`, as whoever owns `io`. */
export function dial(io: Io, to: Address): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    io.connect(to, (stream) => ({
      opened: () => stream.adopt(resolve),
      received: () => false,
      closed: ({ detail = 'closed' }) => reject(new Error(detail)),
    }))
  })
}

/** Logs in; rejects with the client's error. `prepare` may listen to the client before. */
export async function logIn(
  sock: Duplex,
  options: ConnectConfig,
  prepare: (client: Client) => void = () => undefined,
): Promise<Client> {
  const client = new Client()
  prepare(client)
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client))
    client.on('error', reject)
    client.on('close', () => reject(new Error('closed')))
    client.connect({ sock, readyTimeout: 0, ...options })
  })
}

export interface Ran {
  readonly output: string
  readonly error: string
  readonly code: number | null
  readonly signal: string | undefined
}

/** Runs a command with all of `input` on its way in. */
export function run(client: Client, command: string, input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(error)
      channel.end(input)
      resolve(outcome(channel))
    })
  })
}

export function outcome(channel: ClientChannel): Promise<Ran> {
  const [output, error]: [Buffer[], Buffer[]] = [[], []]
  channel.on('data', (chunk: Buffer) => output.push(chunk))
  channel.stderr.on('data', (chunk: Buffer) => error.push(chunk))
  return new Promise((resolve) => {
    let end: Pick<Ran, 'code' | 'signal'> = { code: null, signal: undefined }
    channel.on('exit', (code: number | null, signal?: string) => (end = { code, signal }))
    channel.on('close', () =>
      resolve({ output: Buffer.concat(output).toString(), error: Buffer.concat(error).toString(), ...end }),
    )
  })
}
