// The side that takes (`scp -t`): files, and with `-r` folders, never outside of the target. What has not come whole does not
// appear.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { FileStat, Tree, Upload } from '../../../core/files.ts'
import type { LogOperation } from '../sftp/file-operation.ts'
import { MASKED } from '../sftp/opening.ts'
import { absolute, joined } from '../sftp/paths.ts'
import type { Conversation } from './conversation.ts'
import type { Record } from './records.ts'

/** Bytes written at a time, and bytes on their way to the disk. */
const WRITE_BYTES = 256 * 1024
const WRITING_MAX = 8
/** Folders within folders: as deep as a source goes. */
const DEPTH_MAX = 128
const MODE_MASK = 0o777
const NEW_MODE_MASK = 0o777 & ~MASKED
/** Who makes a folder can write into it while it fills. */
const OWNER_ALL = 0o700

export interface SinkOptions {
  readonly tree: Tree
  readonly recursive: boolean
  readonly preserves: boolean
  readonly toFolder: boolean
  readonly log: LogOperation
}

/** `over`: nothing more can be taken. */
type Outcome = 'done' | 'over'
type Times = Extract<Record, { kind: 'times' }>
type Announced = Extract<Record, { kind: 'file' | 'folder' }>

export class Sink {
  readonly #talk: Conversation
  readonly #options: SinkOptions

  constructor(talk: Conversation, options: SinkOptions) {
    this.#talk = talk
    this.#options = options
  }

  async run(target: string): Promise<void> {
    const stat = await this.#options.tree.stat(absolute(target))
    const isFolder = !isFailure(stat) && stat.kind === 'folder'
    if (this.#options.toFolder && !isFolder) {
      return this.#talk.complainOf(target, isFailure(stat) ? stat : failure('ENOTDIR', 'no folder'))
    }
    this.#talk.goOn()
    await this.#take(target, isFolder, 0)
  }

  /** Records until the end of a folder, or of all. */
  async #take(target: string, isFolder: boolean, depth: number): Promise<Outcome> {
    let times: Times | undefined
    for (;;) {
      const record = await this.#talk.record()
      if (record === undefined) return 'over'
      switch (record.kind) {
        case 'end':
          this.#talk.goOn()
          return 'done'
        case 'times':
          times = record
          this.#talk.goOn()
          break
        case 'warning':
          this.#talk.heardError()
          break
        case 'fatal':
          this.#talk.heardError()
          return 'over'
        case 'wrong':
          return this.#giveUp(record.problem)
        case 'file':
        case 'folder': {
          const path = isFolder ? joined(target, record.name) : target
          if ((await this.#takeAny(path, record, times, depth)) === 'over') return 'over'
          times = undefined
        }
      }
    }
  }

  async #takeAny(path: string, record: Announced, times: Times | undefined, depth: number): Promise<Outcome> {
    if (record.kind === 'file') return this.#takeFile(path, record, times)
    if (!this.#options.recursive) return this.#giveUp('protocol error: received directory without -r')
    if (depth === DEPTH_MAX) return this.#giveUp('error: too many folders in folders')
    return this.#takeFolder(path, record, times, depth)
  }

  async #takeFolder(path: string, record: Announced, times: Times | undefined, depth: number): Promise<Outcome> {
    const { tree, preserves, log } = this.#options
    const at = absolute(path)
    const stat = await tree.stat(at)
    const isNew = isFailure(stat)
    const failed = isNew ? await tree.makeFolder(at, (record.mode & NEW_MODE_MASK) | OWNER_ALL) : unlessFolder(stat)
    if (isNew) log({ kind: 'make-folder', path: at, outcome: failed?.code ?? 'done' })
    if (failed !== undefined) {
      this.#talk.complainOf(path, failed)
      return 'done'
    }
    if ((await this.#takeInto(path, depth)) === 'over') return 'over'
    const mode = preserves ? record.mode & MODE_MASK : record.mode & NEW_MODE_MASK
    const changes = { ...((isNew || preserves) && { mode }), ...(preserves && timesOf(times)) }
    if (Object.keys(changes).length > 0) await this.#change(path, changes)
    return 'done'
  }

  async #takeInto(path: string, depth: number): Promise<Outcome> {
    this.#talk.goOn()
    return this.#take(path, true, depth + 1)
  }

  async #change(path: string, changes: Parameters<Tree['change']>[1]): Promise<void> {
    const failed = await this.#options.tree.change(absolute(path), changes)
    if (failed !== undefined) this.#talk.complainOf(path, failed)
  }

  async #takeFile(path: string, record: Announced, times: Times | undefined): Promise<Outcome> {
    const at = absolute(path)
    const upload = await this.#options.tree.upload(at, { mode: record.mode & NEW_MODE_MASK })
    if (isFailure(upload)) {
      this.#options.log({ kind: 'write', path: at, outcome: upload.code })
      this.#talk.complainOf(path, upload)
      return 'done'
    }
    this.#talk.goOn()
    const content = await this.#takeContent(upload, record.size)
    return this.#finish(path, upload, content, record, times)
  }

  async #finish(
    path: string,
    upload: Upload,
    content: Content,
    record: Announced,
    times: Times | undefined,
  ): Promise<Outcome> {
    const { log } = this.#options
    const at = absolute(path)
    const isWhole = content.bytes === record.size
    const answer = isWhole ? await this.#talk.answer() : 'gone'
    // libssh2 ends without a word behind the last file.
    const isGood = isWhole && (answer === 'go-on' || answer === 'gone') && content.failed === undefined
    const failed = isGood ? await this.#commit(at, upload, record, times) : await drop(upload, content, isWhole)
    log({ kind: 'write', path: at, bytes: content.bytes, outcome: failed?.code ?? 'done' })
    if (!isWhole || answer === 'given-up') return 'over'
    if (failed === undefined || answer === 'refused') this.#talk.goOn()
    else this.#talk.complainOf(path, failed)
    return 'done'
  }

  async #commit(
    path: string,
    upload: Upload,
    record: Announced,
    times: Times | undefined,
  ): Promise<Failure | undefined> {
    const mode = record.mode & MODE_MASK
    const failed = this.#options.preserves ? await upload.change({ mode, ...timesOf(times) }) : undefined
    if (failed !== undefined) {
      await upload.close()
      return failed
    }
    const committed = await upload.commit()
    if (isFailure(committed)) return committed
    // A file that is replaced hands its mode on.
    return this.#options.preserves && committed.mode !== mode ? this.#options.tree.change(path, { mode }) : undefined
  }

  /** Takes all bytes from the channel, whatever becomes of them: the sender does not stop before. */
  async #takeContent(upload: Upload, size: number): Promise<Content> {
    const writes = new Set<Promise<void>>()
    let failed: Failure | undefined
    let taken = 0
    while (taken < size) {
      const bytes = await this.#talk.input.bytes(Math.min(WRITE_BYTES, size - taken))
      if (bytes === undefined) break
      if (failed === undefined) {
        const write = upload.write(taken, bytes).then((outcome) => {
          failed ??= outcome
          writes.delete(write)
        })
        writes.add(write)
      }
      taken += bytes.length
      if (writes.size >= WRITING_MAX) await Promise.race(writes)
    }
    await Promise.all(writes)
    return { bytes: taken, failed }
  }

  #giveUp(problem: string): Outcome {
    this.#talk.complain(problem)
    return 'over'
  }
}

interface Content {
  readonly bytes: number
  readonly failed: Failure | undefined
}

/** What has not come whole is kept for later; what its sender took back, or could not be written, is not. */
async function drop(upload: Upload, { bytes, failed }: Content, isWhole: boolean): Promise<Failure> {
  const isKept = !isWhole && failed === undefined && bytes > 0
  await (isKept ? upload.interrupt() : upload.close())
  return failed ?? (isWhole ? failure('EIO', 'its sender could not read it') : failure('interrupted', 'it broke off'))
}

function unlessFolder(stat: FileStat): Failure | undefined {
  return stat.kind === 'folder' ? undefined : failure('ENOTDIR', 'no folder')
}

function timesOf(times: Times | undefined): { modifiedMs?: number; accessedMs?: number } {
  return times === undefined ? {} : { modifiedMs: times.modifiedMs, accessedMs: times.accessedMs }
}
