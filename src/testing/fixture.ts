// Requests by Node's own clients, for the tests of this folder.

import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure, type RequestOptions } from 'node:https'
import type { Dispatcher } from 'undici-types'
import type { connector } from './dial.ts'

/** The head of the answer; its content waits to be read. */
export function get(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const ask = url.startsWith('https:') ? getSecure : getPlain
  ask(url, { agent: false, ...options }, resolve).on('error', reject)
  return promise
}

export async function bodyOf(answer: IncomingMessage): Promise<string> {
  let body = ''
  for await (const piece of answer.setEncoding('utf8')) body += piece
  return body
}

type AgentClass = new (options: { readonly connect: ReturnType<typeof connector> }) => Dispatcher

/** An Agent of the undici that Node carries: that of `fetch`. */
export function undiciAgent(options: ConstructorParameters<AgentClass>[0]): Dispatcher {
  void fetch
  const dispatcher: { readonly constructor: AgentClass } = Reflect.get(
    globalThis,
    Symbol.for('undici.globalDispatcher.1'),
  )
  return new dispatcher.constructor(options)
}
