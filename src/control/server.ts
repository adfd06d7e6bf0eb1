// Serves the API of one world on a unix socket that only its user can reach.

import { createServer, type Server, type Socket } from 'node:net'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { failureFrom, type Failure } from '../core/failure.ts'
import type { Api } from './api.ts'
import { parseNameEdit, parseNameQuery } from './name-arguments.ts'
import { parseClockChange } from './clock-arguments.ts'
import { parseMailPart, parseMailWait } from './mail-arguments.ts'

export const SOCKET_NAME = 'control'
const SOCKET_MODE = 0o600
const REQUEST_MAX_BYTES = 64 << 10 // the longest request is a host's name of 255 octets; room for more calls
const CALLERS_MAX = 32 // commands of one user, in terminals and scripts

export interface ControlServer {
  close(): void
}

export function serveControl(folder: string, api: Api): Promise<ControlServer | Failure> {
  const server = createServer((socket) => answer(socket, api))
  server.maxConnections = CALLERS_MAX
  const path = join(folder, SOCKET_NAME)
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(failureFrom(error)))
    server.listen(path, () => {
      chmodSync(path, SOCKET_MODE)
      server.unref()
      resolve({ close: () => closeAll(server) })
    })
  })
}

function closeAll(server: Server): void {
  server.close()
}

function answer(socket: Socket, api: Api): void {
  const gone = new AbortController()
  let text = ''
  socket.unref()
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  socket.on('data', (chunk: string) => {
    text += chunk
    if (text.length > REQUEST_MAX_BYTES) return void socket.destroy()
    const end = text.indexOf('\n')
    if (end === -1) return
    const line = text.slice(0, end)
    text = ''
    void reply(api, line, gone.signal).then((result) => socket.end(JSON.stringify(result) + '\n'))
  })
}

async function reply(api: Api, line: string, gone: AbortSignal): Promise<unknown> {
  try {
    const request: unknown = JSON.parse(line)
    if (typeof request !== 'object' || request === null || !('ask' in request))
      return { refused: 'a request names what it asks' }
    return await call(api, request.ask, 'argument' in request ? String(request.argument) : '', gone)
  } catch (thrown) {
    return { refused: failureFrom(thrown).message }
  }
}

/** `gone`: nobody waits for the answer any more. */
function call(api: Api, ask: unknown, argument: string, gone: AbortSignal): unknown {
  switch (ask) {
    case 'status':
      return api.status()
    case 'report':
      return api.report(argument === 'json' ? 'json' : 'text')
    case 'client':
      return api.client(argument)
    case 'mails':
      return api.mails(parseMailWait(argument))
    case 'mail':
      return api.mail(argument)
    case 'mail-bytes': {
      const { which = '', part } = parseMailPart(argument)
      return api.mailBytes(which, part)
    }
    case 'await-mail':
      return api.awaitMail(parseMailWait(argument), gone)
    case 'clock':
      return api.clock()
    case 'change-clock': {
      const change = parseClockChange(argument)
      return change === undefined ? { refused: 'no such change of a clock' } : api.changeClock(change)
    }
    case 'trace':
      return api.trace(argument)
    case 'zones':
      return api.zones()
    case 'records':
      return api.records(argument)
    case 'edit-names':
      return api.editNames(parseNameEdit(argument))
    case 'query-names':
      return api.queryNames(parseNameQuery(argument))
    case 'failures':
      return api.failures()
    case 'order-failure':
      return api.orderFailure(JSON.parse(argument))
    case 'cancel-failures':
      return api.cancelFailures(argument === '' ? undefined : Number(argument))
    case 'anchors':
      return api.anchors()
    case 'transaction-keys':
      return api.transactionKeys()
    default:
      return { refused: `no such request: ${String(ask)}` }
  }
}
