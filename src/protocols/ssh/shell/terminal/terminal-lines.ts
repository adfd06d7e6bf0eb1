// The shell's end of a terminal: lines under a prompt, lines for commands that read, output with the line ends that a
// terminal wants, and ^C at any time. What is typed while nobody reads waits unseen.

import type { Failure } from '../../../../core/failure.ts'
import { isFailure } from '../../../../core/failure.ts'
import type { Tree } from '../../../../core/files.ts'
import type { ByteSink, ByteSource } from '../run/streams.ts'
import { complete, type Completion } from './completion.ts'
import { CookedLine } from './cooked-line.ts'
import { readKey } from './keys.ts'
import { LineEditor } from './line-editor.ts'

const LF = 10
const CR = 13
/** What waits unread before no more is taken from the client. */
const WAITING_MAX_CHARS = 64 << 10

export interface TerminalOptions {
  readonly source: ByteSource
  readonly sink: ByteSink
  readonly columns: number
  readonly historyMax: number
  readonly names: readonly string[]
  readonly tree: Tree
  readonly home: string
  /** ^C and ^\ while something runs. */
  interrupt(name: 'INT' | 'QUIT'): void
}

/** Who takes keys at the moment. */
type Reader =
  | {
      readonly kind: 'editor'
      readonly editor: LineEditor
      readonly cwd: string
      readonly done: (line: string | undefined) => void
    }
  | { readonly kind: 'cooked'; readonly line: CookedLine; readonly done: (bytes: Uint8Array | undefined) => void }

export class TerminalLines {
  readonly sink: ByteSink
  readonly source: ByteSource
  columns: number
  readonly #options: TerminalOptions
  readonly #history: string[] = []
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #waiting = ''
  #reader: Reader | undefined
  #running = false
  #closed = false
  #writing: Promise<unknown> = Promise.resolve()
  #room: (() => void) | undefined
  #lastTab = false

  constructor(options: TerminalOptions) {
    this.#options = options
    this.columns = options.columns
    this.sink = { write: (bytes) => this.#write(withCarriageReturns(bytes)) }
    this.source = { read: () => this.#readCooked() }
    void this.#pump()
  }

  /** A line typed under `prompt`; undefined at the end of the input. */
  read(prompt: string, cwd: string): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    const editor = new LineEditor({ prompt, history: this.#history, columns: () => Math.max(1, this.columns) })
    return this.#with((done) => ({ kind: 'editor', editor, cwd, done }))
  }

  remember(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() !== '' && line !== this.#history.at(-1)) this.#history.push(line)
    }
    this.#history.splice(0, Math.max(0, this.#history.length - this.#options.historyMax))
  }

  get history(): readonly string[] {
    return this.#history
  }

  /** A line has begun to run: ^C is for it. */
  began(): void {
    this.#running = true
    this.#takeInterrupts()
  }

  ended(): void {
    this.#running = false
    if (this.#reader?.kind === 'cooked') this.#settle(undefined)
  }

  close(): void {
    this.#closed = true
    this.#settle(undefined)
    this.#room?.()
    this.#options.source.close?.()
  }

  #readCooked(): Promise<Uint8Array | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return this.#with((done) => ({ kind: 'cooked', line: new CookedLine(), done }))
  }

  /** Makes a reader the one that takes keys, and gives it those that wait. */
  #with<T>(make: (done: (value: T) => void) => Reader): Promise<T> {
    return new Promise((resolve) => {
      this.#reader = make(resolve)
      void this.#takeKeys()
    })
  }

  #settle(value: undefined): void {
    const reader = this.#reader
    this.#reader = undefined
    reader?.done(value)
  }

  async #pump(): Promise<void> {
    for (;;) {
      const bytes = await this.#options.source.read()
      if (bytes === undefined || isFailure(bytes) || this.#closed) break
      this.#waiting += this.#decoder.decode(bytes, { stream: true })
      if (this.#running) this.#takeInterrupts()
      await this.#takeKeys()
      await this.#writing
      while (this.#waiting.length > WAITING_MAX_CHARS && !this.#closed) {
        await new Promise<void>((resolve) => (this.#room = resolve))
      }
    }
    this.#closed = true
    this.#settle(undefined)
  }

  /** ^C and ^\ drop what was typed before them, as a terminal's discipline does. */
  #takeInterrupts(): void {
    const at = Math.max(this.#waiting.lastIndexOf('\x03'), this.#waiting.lastIndexOf('\x1c'))
    if (at === -1) return
    const quits = this.#waiting.charAt(at) === '\x1c'
    this.#waiting = this.#waiting.slice(at + 1)
    void this.#write(Buffer.from(quits ? '^\\\r\n' : '^C\r\n'))
    this.#options.interrupt(quits ? 'QUIT' : 'INT')
    if (this.#reader?.kind === 'cooked') this.#settle(undefined)
  }

  async #takeKeys(): Promise<void> {
    for (let reader = this.#reader; reader !== undefined; reader = this.#reader) {
      const found = this.#waiting === '' ? undefined : readKey(this.#waiting)
      if (found === undefined) this.#draw(reader)
      if (found === undefined) return
      this.#waiting = this.#waiting.slice(found.length)
      if (reader.kind === 'cooked') this.#cookedKey(reader, found.key)
      else if (found.key === '\t') await this.#complete(reader)
      else this.#editorKey(reader, found.key)
      this.#lastTab = found.key === '\t'
      this.#room?.()
    }
  }

  #draw(reader: Reader): void {
    const screen = reader.kind === 'editor' ? reader.editor.takeScreen() : reader.line.takeScreen()
    if (screen !== '') void this.#write(Buffer.from(screen))
  }

  #cookedKey(reader: Reader & { kind: 'cooked' }, key: string): void {
    const text = reader.line.key(key)
    if (text === undefined) return
    this.#draw(reader)
    this.#reader = undefined
    reader.done(text === '' ? undefined : Buffer.from(text))
  }

  #editorKey(reader: Reader & { kind: 'editor' }, key: string): void {
    const edited = reader.editor.key(key)
    if (edited === undefined) return
    this.#draw(reader)
    this.#reader = undefined
    reader.done(edited === 'end' ? undefined : edited === 'line' ? reader.editor.text : '')
  }

  /** Keys wait while names are looked up. */
  async #complete(reader: Reader & { kind: 'editor' }): Promise<void> {
    this.#reader = undefined
    const { tree, home, names } = this.#options
    const completion = await complete(reader.editor.before, { tree, cwd: reader.cwd, home, names })
    if (this.#closed) return reader.done(undefined)
    this.#reader = reader
    this.#apply(reader.editor, completion)
  }

  #apply(editor: LineEditor, { insert, choices }: Completion): void {
    if (insert !== '') editor.insert(insert)
    else if (choices.length > 0 && this.#lastTab) editor.show(this.#arranged(choices))
    else editor.bell()
  }

  #arranged(choices: readonly string[]): string {
    const width = Math.max(...choices.map((choice) => choice.length)) + 2
    const count = Math.max(1, Math.trunc(this.columns / width))
    const rows: string[] = []
    for (let at = 0; at < choices.length; at += count) {
      rows.push(
        choices
          .slice(at, at + count)
          .map((choice) => choice.padEnd(width))
          .join('')
          .trimEnd(),
      )
    }
    return rows.join('\r\n')
  }

  #write(bytes: Uint8Array): Promise<Failure | undefined> {
    const done = this.#writing.then(() => this.#options.sink.write(bytes))
    this.#writing = done
    return done
  }
}

/** ONLCR of termios(3). */
function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  let count = 0
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++
  if (count === 0) return bytes
  const out = new Uint8Array(bytes.length + count)
  let size = 0
  for (const byte of bytes) {
    if (byte === LF) out[size++] = CR
    out[size++] = byte
  }
  return out
}
