// A protocol of your own: a guessing game, one line a guess. Served in a world on real sockets here, and tested without
// any in own-service.test.ts. `node own-service.ts` plays one round.

import { once } from 'node:events'
import { integer, maxValue, minValue, number, optional, pipe, strictObject } from 'valibot'
import { startWorld } from 'portolan'
import { configFrom, type Inbox, type Service, type StreamIo, type StreamMachine } from 'portolan/core'
import { dial } from 'portolan/testing'

interface GuessConfig {
  readonly port: number
  readonly secret: number
}

/** What one connection does. It has no socket and no clock: bytes and times are handed in, and `io` takes the answers. */
class Round implements StreamMachine {
  readonly #io: StreamIo
  readonly #secret: number

  constructor(io: StreamIo, secret: number) {
    this.#io = io
    this.#secret = secret
  }

  opened(): void {
    this.#say('guess a number')
    this.#waitOn()
  }

  /** At most one message a call; false when it is not whole yet. */
  received(inbox: Inbox): boolean {
    const line = inbox.line(LINE_MAX_BYTES)
    if (line === 'more') return false
    this.#waitOn()
    if (line === 'too-long') this.#io.reset('a guess without an end')
    else this.#answer(Number(Buffer.from(line).toString('latin1')))
    return true
  }

  woke(): void {
    this.#say('too slow')
    this.#io.end()
  }

  #answer(guess: number): void {
    if (guess === this.#secret) {
      this.#io.emit({ kind: 'guess.won', summary: `guessed ${guess}`, detail: { guess } })
      this.#say('yes')
      this.#io.end()
    } else this.#say(guess < this.#secret ? 'higher' : 'lower')
  }

  #say(text: string): void {
    this.#io.send(Buffer.from(`${text}\r\n`))
  }

  #waitOn(): void {
    this.#io.wakeAt('slow', this.#io.now + PATIENCE_MS)
  }
}

const LINE_MAX_BYTES = 16 // ours: longer than any number that may be guessed
export const PATIENCE_MS = 10_000 // ours: between two guesses

export const guess: Service<GuessConfig> = {
  name: 'guess',
  title: 'a guessing game',
  speaksFirst: 'server',
  config: configFrom(
    strictObject({
      port: optional(pipe(number(), integer(), minValue(1), maxValue(65_535)), 4242),
      secret: optional(pipe(number(), integer(), minValue(0), maxValue(100)), 42),
    }),
  ),
  ports: ({ port }) => [{ transport: 'tcp', port }],
  start: (_io, { port, secret }) => ({
    listens: [{ transport: 'tcp', port, accept: (io) => new Round(io, secret) }],
  }),
}

if (import.meta.main) {
  await using world = await startWorld({
    services: [guess],
    world: { hosts: { 'games.fun.test': [{ guess: { secret: 7 } }] } },
  })
  const socket = dial(world, { host: 'games.fun.test', port: 4242 })
  socket.setEncoding('utf8').on('data', (text: string) => process.stdout.write(text))
  await once(socket, 'connect')
  socket.write('3\r\n7\r\n')
  console.log((await world.waitFor('guess.won')).summary)
  await once(socket, 'close')
}
