// The side that sends (`scp -f`): files, and with `-r` folders with all that is in them, links followed.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { FileStat, OpenFile, Tree } from '../../../core/files.ts'
import type { LogOperation } from '../sftp/file-operation.ts'
import { absolute, joined } from '../sftp/paths.ts'
import { isOver, type Answer, type Conversation } from './conversation.ts'
import { formatEntry, formatTimes } from './records.ts'

/** Bytes read at a time. */
const READ_BYTES = 256 * 1024
/** Folders within folders; a link to one of those above it would lead on for ever. */
const DEPTH_MAX = 128
const MODE_MASK = 0o7777

export interface SourceOptions {
  readonly tree: Tree
  readonly recursive: boolean
  readonly preserves: boolean
  readonly log: LogOperation
}

export class Source {
  readonly #talk: Conversation
  readonly #options: SourceOptions

  constructor(talk: Conversation, options: SourceOptions) {
    this.#talk = talk
    this.#options = options
  }

  /** Paths as they were asked for; what is wrong with one is told, and the next one follows. */
  async run(paths: readonly string[]): Promise<void> {
    if (isOver(await this.#talk.answer())) return
    for (const path of paths) if (isOver(await this.#sendAny(path, 0))) return
  }

  async #sendAny(path: string, depth: number): Promise<Answer> {
    const stat = await this.#options.tree.stat(absolute(path))
    if (isFailure(stat)) return this.#refuse(path, stat)
    if (stat.kind === 'file') return this.#sendFile(path)
    if (!this.#options.recursive) return this.#complain(`${path}: not a regular file`)
    return this.#sendFolder(path, stat, depth)
  }

  async #sendFile(path: string): Promise<Answer> {
    const file = await this.#options.tree.open(absolute(path))
    if (isFailure(file)) {
      this.#options.log({ kind: 'read', path: absolute(path), outcome: file.code })
      return this.#refuse(path, file)
    }
    try {
      const announced = await this.#announce('file', path, file.stat, file.stat.size)
      return announced === 'go-on' ? await this.#sendContent(path, file) : announced
    } finally {
      await file.close()
    }
  }

  async #sendContent(path: string, file: OpenFile): Promise<Answer> {
    const sent = await this.#sendBytes(file)
    const whole = sent === file.stat.size
    // What is missing must come all the same: its length is told already.
    if (!whole && !this.#talk.stopped) await this.#fill(file.stat.size - sent)
    const outcome = this.#talk.stopped ? 'interrupted' : whole ? 'done' : 'EIO'
    this.#options.log({ kind: 'read', path: absolute(path), bytes: sent, outcome })
    if (this.#talk.stopped) return 'gone'
    if (whole) this.#talk.goOn()
    else this.#talk.complainOf(path, failure('EIO', 'it became shorter'))
    return this.#talk.answer()
  }

  /** Reads the next part while one is on its way. Returns the bytes that were there. */
  async #sendBytes(file: OpenFile): Promise<number> {
    const { size } = file.stat
    const readAt = (at: number) => (at < size ? file.read(at, Math.min(READ_BYTES, size - at)) : undefined)
    let next = readAt(0)
    let sent = 0
    while (next !== undefined && !this.#talk.stopped) {
      const bytes = await next
      if (bytes.length === 0) return sent
      sent += bytes.length
      next = readAt(sent)
      this.#talk.send(bytes)
      await this.#talk.taken()
    }
    await next
    return sent
  }

  async #fill(count: number): Promise<void> {
    const zeros = Buffer.alloc(Math.min(count, READ_BYTES))
    for (let left = count; left > 0 && !this.#talk.stopped; left -= zeros.length) {
      this.#talk.send(zeros.subarray(0, left))
      await this.#talk.taken()
    }
  }

  async #sendFolder(path: string, stat: FileStat, depth: number): Promise<Answer> {
    if (depth === DEPTH_MAX) return this.#refuse(path, failure('ELOOP', 'too deep'))
    const entries = await this.#options.tree.list(absolute(path))
    if (isFailure(entries)) return this.#refuse(path, entries)
    const announced = await this.#announce('folder', path, stat, 0)
    if (announced !== 'go-on') return announced
    for (const name of entries) if (isOver(await this.#sendAny(joined(path, name), depth + 1))) return 'gone'
    this.#talk.say('E\n')
    return this.#talk.answer()
  }

  async #announce(kind: 'file' | 'folder', path: string, stat: FileStat, size: number): Promise<Answer> {
    if (this.#options.preserves) {
      this.#talk.say(formatTimes(stat))
      const answer = await this.#talk.answer()
      if (answer !== 'go-on') return answer
    }
    this.#talk.say(formatEntry(kind, stat.mode & MODE_MASK, size, lastName(path)))
    return this.#talk.answer()
  }

  #refuse(path: string, problem: Failure): Answer {
    this.#talk.complainOf(path, problem)
    return this.#talk.stopped ? 'gone' : 'refused'
  }

  #complain(problem: string): Answer {
    this.#talk.complain(problem)
    return this.#talk.stopped ? 'gone' : 'refused'
  }
}

/** What follows the last slash but for those at the end. */
function lastName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
