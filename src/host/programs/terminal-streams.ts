// Our end of a pseudo-terminal as two streams, read by epoll and not by a thread. Once the program's end is closed by
// all, reading fails with EIO: here that is the end.

import { closeSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import type { PseudoTerminal } from './pseudo-terminal.ts'

/** How often is looked whether all is read that a program has printed, once it has ended and others hold its terminal. */
const DRAIN_LOOK_MS = 20

export interface TerminalStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  /** The program has ended: what it printed is read to its end, and no more is waited for. */
  ended(): void
  /** Closes the terminal: the kernel hangs up those who have it (SIGHUP). */
  close(): void
}

export function openStreams(terminal: PseudoTerminal): TerminalStreams {
  const socket = openSocket(terminal.master)
  const stdout = new Readable({ read: () => void socket.resume(), destroy: (error, done) => end(error, done) })
  const end = (error: Error | null, done: (error: Error | null) => void): void => {
    socket.destroy()
    done(error)
  }
  let over = false
  const finish = (): void => {
    if (!over) stdout.push(null)
    over = true
    socket.destroy()
  }
  socket.on('data', (bytes: Buffer) => {
    if (!over && !stdout.push(bytes)) socket.pause()
  })
  socket.on('error', finish)
  socket.on('end', finish)
  socket.on('close', finish)
  socket.pause()
  const look = (): void => {
    if (over || stdout.destroyed) return
    const drained = terminal.unreadBytes() === 0 && !socket.isPaused()
    if (drained) finish()
    else setTimeout(look, DRAIN_LOOK_MS).unref()
  }
  return {
    stdin: writableTo(socket),
    stdout,
    ended() {
      terminal.release()
      setTimeout(look, DRAIN_LOOK_MS).unref()
    },
    close: finish,
  }
}

function openSocket(master: number): ReadStream {
  try {
    return new ReadStream(master)
  } catch (error) {
    closeSync(master)
    throw error
  }
}

/** What is written once the terminal is gone goes nowhere, as with a telephone that was hung up. */
function writableTo(socket: ReadStream): Writable {
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      if (socket.destroyed) done()
      else socket.write(bytes, () => done())
    },
  })
}
