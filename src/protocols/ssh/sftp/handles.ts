// The open files and folders of one session, by handles that say nothing: four bytes that find it, four that cannot be
// guessed.

import { bufferOf } from '../../../wire/text.ts'
import type { OpenedFile, OpenFolder } from './open-entry.ts'

/** Open at a time in one session: what many systems let one process have. */
export const HANDLES_MAX = 1024
const HANDLE_BYTES = 8

type Opened = OpenedFile | OpenFolder

interface Slot {
  readonly tag: number
  readonly opened: Opened
}

export class Handles {
  readonly #random: (size: number) => Uint8Array
  readonly #slots: (Slot | undefined)[] = []
  readonly #free: number[] = []
  /** Uploads by path: who asks for the path in the same session means them. */
  readonly #uploads = new Map<string, OpenedFile>()

  constructor(random: (size: number) => Uint8Array) {
    this.#random = random
  }

  get full(): boolean {
    return this.#slots.length - this.#free.length >= HANDLES_MAX
  }

  get all(): readonly Opened[] {
    return this.#slots.flatMap((slot) => (slot === undefined ? [] : [slot.opened]))
  }

  add(opened: Opened): Uint8Array {
    const index = this.#free.pop() ?? this.#slots.length
    const handle = Buffer.allocUnsafe(HANDLE_BYTES)
    handle.writeUInt32BE(index)
    handle.set(this.#random(HANDLE_BYTES - 4), 4)
    this.#slots[index] = { tag: handle.readUInt32BE(4), opened }
    if (opened.kind === 'file' && opened.isUpload) this.#uploads.set(opened.path, opened)
    return handle
  }

  find(handle: Uint8Array): Opened | undefined {
    if (handle.length !== HANDLE_BYTES) return undefined
    const bytes = bufferOf(handle)
    const slot = this.#slots[bytes.readUInt32BE(0)]
    return slot?.tag === bytes.readUInt32BE(4) ? slot.opened : undefined
  }

  file(handle: Uint8Array): OpenedFile | undefined {
    const opened = this.find(handle)
    return opened?.kind === 'file' ? opened : undefined
  }

  remove(handle: Uint8Array): Opened | undefined {
    const opened = this.find(handle)
    if (opened === undefined) return undefined
    const index = bufferOf(handle).readUInt32BE(0)
    this.#slots[index] = undefined
    this.#free.push(index)
    if (opened.kind === 'file') this.settled(opened)
    return opened
  }

  upload(path: string): OpenedFile | undefined {
    return this.#uploads.get(path)
  }

  /** It is no upload any more. */
  settled(file: OpenedFile): void {
    if (this.#uploads.get(file.path) === file) this.#uploads.delete(file.path)
  }
}
