// One `nft` that stays, for changes that cannot wait for a process each: 1 ms instead of 3 to 5. It starts with the first
// change, and ends with its input.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { failure, type Failure } from '../../core/failure.ts'
import { findTool } from './tool.ts'

interface Change {
  readonly command: string
  readonly done: (failed: Failure | undefined) => void
}

/** A command whose answer, which comes after all before it, is known: there is one table. */
const MARK = 'list tables inet'

export class NftConsole {
  readonly #answer: string
  /** Not sent yet. */
  #waiting: Change[] = []
  /** Sent in one transaction, and not answered yet. */
  #sent: Change[] = []
  #child: ChildProcessWithoutNullStreams | undefined
  #heard = ''
  #stopped = false

  /** `table`: the name of the only `inet` table there is. */
  constructor(table: string) {
    this.#answer = `table inet ${table}\n`
  }

  /** Commands run in order; several at a time become one transaction. Resolves once it is in effect. */
  run(command: string): Promise<Failure | undefined> {
    return new Promise((done) => {
      this.#waiting.push({ command, done })
      if (this.#sent.length === 0) this.#send(this.#waiting.splice(0))
    })
  }

  stop(): void {
    this.#stopped = true
    this.#child?.stdin.end()
    this.#child = undefined
    this.#fail('nft was stopped')
  }

  #send(changes: Change[]): void {
    this.#sent = changes
    if (changes.length === 0) return
    this.#child ??= this.#start()
    if (this.#child === undefined) return this.#fail('nft cannot be run')
    this.#child.stdin.write(`${changes.map(({ command }) => command).join('; ')}\n${MARK}\n`)
  }

  #start(): ChildProcessWithoutNullStreams | undefined {
    const path = findTool('nft')
    if (path === undefined || this.#stopped) return undefined
    // One stream for answers and errors keeps their order. No home: nft would write a history there.
    const child = spawn('/bin/sh', ['-c', 'exec "$0" -i 2>&1', path], {
      detached: true,
      env: { HOME: '/dev/null', LC_ALL: 'C' },
    })
    child.stdout.on('data', (chunk: Buffer) => this.#hear(chunk.toString()))
    child.stdin.on('error', () => undefined)
    child.on('error', () => this.#ended(child))
    child.on('close', () => this.#ended(child))
    return child
  }

  #hear(text: string): void {
    this.#heard += text
    const end = this.#heard.indexOf(this.#answer)
    if (end === -1) return
    const said = this.#heard.slice(0, end).trim()
    this.#heard = this.#heard.slice(end + this.#answer.length)
    this.#answered(said === '' ? undefined : failure('ENFT', `nft: ${said}`))
  }

  /** A transaction that failed is tried again piece by piece, so that one change fails alone. */
  #answered(failed: Failure | undefined): void {
    const answered = this.#sent
    if (failed !== undefined && answered.length > 1) return this.#piecemeal(answered)
    this.#send(this.#waiting.splice(0))
    for (const { done } of answered) done(failed)
  }

  #piecemeal([first, ...others]: readonly Change[]): void {
    if (first === undefined) return
    this.#waiting.unshift(...others)
    this.#send([first])
  }

  #ended(child: ChildProcessWithoutNullStreams): void {
    if (this.#child !== child) return
    this.#child = undefined
    this.#fail('nft has ended')
  }

  #fail(message: string): void {
    const lost = [...this.#sent, ...this.#waiting]
    this.#sent = []
    this.#waiting = []
    this.#heard = ''
    for (const { done } of lost) done(failure('ENFT', message))
  }
}
