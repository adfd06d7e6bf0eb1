// Who is here, and by what connection: what all that runs in sessions is given.

import { isFailure, type StreamIo, type Tree } from '../../../core/index.ts'
import type { Login } from '../login/authentication.ts'
import type { SshContext } from '../server/context.ts'
import type { Timers } from '../timers.ts'
import type { SessionSetting } from './session.ts'

export interface Visit {
  readonly io: StreamIo
  readonly context: SshContext
  readonly login: Login
  readonly timers: Timers
}

/** `alice`, of `alice@harbor.test`. */
export function localName({ login }: Visit): string {
  return login.user.address.replace(/@.*$/, '')
}

/** The user's files; without any, the channel says so and ends. */
export function placeFor({ io, context, login }: Visit, { channel }: SessionSetting): Tree | undefined {
  const place = context.place(login.user)
  if (!isFailure(place)) return place
  context.log.abused(io, `no files for ${login.user.address}: ${place.message}`)
  channel.stderr.write(`no files here: ${place.message}\n`)
  channel.finish({ code: 1 })
  return undefined
}

/** A broken invariant: the connection closes, and the record says it. */
export function breakFor({ io }: Visit): (thrown: unknown) => void {
  return (thrown) => io.ask(Promise.reject(thrown), () => undefined)
}

/** What a session's programs find in their environment besides what the client set (ssh(1), ENVIRONMENT). */
export function environmentOf({ io }: Visit, original: string | undefined): Readonly<Record<string, string>> {
  const { peer, local } = io
  return {
    SSH_CLIENT: `${peer.ip} ${peer.port} ${local.port}`,
    SSH_CONNECTION: `${peer.ip} ${peer.port} ${local.ip} ${local.port}`,
    ...(original === undefined ? {} : { SSH_ORIGINAL_COMMAND: original }),
  }
}
