// Edits one line at a terminal, with the keys that readline has from the start. It gets keys and gives text for the screen.

import type { Key } from './keys.ts'
import { widthOf } from './width.ts'

/** What became of the line: typed to its end, given up, or the end of the input. */
export type Edited = 'line' | 'interrupt' | 'end'

/** Characters of one line. */
const LINE_MAX_CHARS = 64 << 10
const BELL = '\x07'

export interface EditorOptions {
  readonly prompt: string
  readonly history: readonly string[]
  columns(): number
}

export class LineEditor {
  readonly #options: EditorOptions
  readonly #prompt: readonly string[]
  #chars: string[] = []
  #cursor = 0
  /** The screen's row of the cursor, counted from the prompt's. */
  #row = 0
  #screen = ''
  /** Where in the history the line came from; its length: it is new. */
  #place: number
  /** The new line, while an old one is shown. */
  #draft: string[] = []
  #killed: string[] = []

  constructor(options: EditorOptions) {
    this.#options = options
    this.#prompt = [...options.prompt]
    this.#place = options.history.length
    this.#screen = options.prompt
  }

  get text(): string {
    return this.#chars.join('')
  }

  /** What stands in front of the cursor. */
  get before(): string {
    return this.#chars.slice(0, this.#cursor).join('')
  }

  /** What is to be written since the last call. */
  takeScreen(): string {
    const screen = this.#screen
    this.#screen = ''
    return screen
  }

  key(key: Key): Edited | undefined {
    const act = KEYS[key]
    if (act !== undefined) return act(this) ?? undefined
    if (key.startsWith('<') && key.length > 1) return undefined
    if (key < ' ' || key === '\x7f') return undefined
    this.insert(key)
    return undefined
  }

  insert(text: string): void {
    const chars = [...text].filter((char) => char >= ' ')
    if (this.#chars.length + chars.length > LINE_MAX_CHARS) return this.bell()
    const atEnd = this.#cursor === this.#chars.length
    this.#chars.splice(this.#cursor, 0, ...chars)
    this.#cursor += chars.length
    const column = this.#column() % this.#options.columns()
    if (atEnd && column > widthOf(chars) - 1 && column !== 0) this.#screen += chars.join('')
    else this.refresh()
  }

  bell(): void {
    this.#screen += BELL
  }

  /** Prints something below, then the line again. */
  show(text: string): void {
    this.#toEnd()
    this.#screen += `\r\n${text}\r\n`
    this.#row = 0
    this.refresh()
  }

  /** Draws the line anew. */
  refresh(): void {
    const columns = this.#options.columns()
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : ''
    const total = widthOf(this.#prompt) + widthOf(this.#chars)
    const wraps = total > 0 && total % columns === 0 ? '\r\n' : ''
    const lastRow = Math.trunc(total / columns)
    const target = this.#column()
    this.#row = Math.trunc(target / columns)
    const back = lastRow > this.#row ? `\x1b[${lastRow - this.#row}A` : ''
    const column = target % columns
    this.#screen += `${up}\r${this.#options.prompt}${this.text}${wraps}\x1b[J${back}\r${column > 0 ? `\x1b[${column}C` : ''}`
  }

  finish(edited: Edited, mark = ''): Edited {
    this.#toEnd()
    this.#screen += `${mark}\r\n`
    return edited
  }

  move(to: number): void {
    this.#cursor = Math.max(0, Math.min(this.#chars.length, to))
    this.refresh()
  }

  moveBy(count: number): void {
    this.move(this.#cursor + count)
  }

  moveToEdge(end: boolean): void {
    this.move(end ? this.#chars.length : 0)
  }

  moveByWord(direction: 1 | -1): void {
    this.move(this.#wordEdge(direction))
  }

  /** Takes out what stands between the cursor and `to`; `keep`: to be put back by ^Y. */
  cut(to: number, keep = false): void {
    const [from, end] = [Math.max(0, Math.min(to, this.#cursor)), Math.max(to, this.#cursor)]
    const taken = this.#chars.splice(from, end - from)
    if (taken.length === 0) return this.bell()
    if (keep) this.#killed = taken
    this.#cursor = from
    this.refresh()
  }

  cutBy(count: number): void {
    const to = this.#cursor + count
    if (to < 0 || to > this.#chars.length) this.bell()
    else this.cut(to)
  }

  cutToEdge(end: boolean): void {
    if (this.#chars.length > 0) this.cut(end ? this.#chars.length : 0, true)
  }

  /** Back over blanks and what is not one. */
  cutWord(): void {
    let to = this.#cursor
    while (to > 0 && this.#chars[to - 1] === ' ') to--
    while (to > 0 && this.#chars[to - 1] !== ' ') to--
    this.cut(to, true)
  }

  cutWordForward(): void {
    this.cut(this.#wordEdge(1), true)
  }

  yank(): void {
    this.insert(this.#killed.join(''))
  }

  clearScreen(): void {
    this.#screen += '\x1b[H\x1b[2J'
    this.#row = 0
    this.refresh()
  }

  recall(step: 1 | -1): void {
    const place = this.#place + step
    const { history } = this.#options
    if (place < 0 || place > history.length) return this.bell()
    if (this.#place === history.length) this.#draft = this.#chars
    this.#place = place
    this.#chars = place === history.length ? this.#draft : [...(history[place] ?? '')]
    this.#cursor = this.#chars.length
    this.refresh()
  }

  /** ^D: the end where nothing is typed, else the character under the cursor. */
  endOrDelete(): Edited | undefined {
    if (this.#chars.length === 0) return this.finish('end')
    this.cutBy(1)
    return undefined
  }

  #wordEdge(direction: 1 | -1): number {
    const at = (place: number) => this.#chars[direction === 1 ? place : place - 1]
    let place = this.#cursor
    while (at(place) !== undefined && !/\w/.test(at(place) ?? '')) place += direction
    while (at(place) !== undefined && /\w/.test(at(place) ?? '')) place += direction
    return place
  }

  /** Columns from the prompt's start to the cursor. */
  #column(): number {
    return widthOf(this.#prompt) + widthOf(this.#chars.slice(0, this.#cursor))
  }

  #toEnd(): void {
    if (this.#cursor !== this.#chars.length) this.moveToEdge(true)
  }
}

const KEYS: Readonly<Record<Key, (editor: LineEditor) => Edited | void>> = {
  '\r': (editor) => editor.finish('line'),
  '\n': (editor) => editor.finish('line'),
  '\x03': (editor) => editor.finish('interrupt', '^C'),
  '\x04': (editor) => editor.endOrDelete(),
  '\x7f': (editor) => editor.cutBy(-1),
  '\b': (editor) => editor.cutBy(-1),
  '<delete>': (editor) => editor.cutBy(1),
  '\x01': (editor) => editor.moveToEdge(false),
  '<home>': (editor) => editor.moveToEdge(false),
  '\x05': (editor) => editor.moveToEdge(true),
  '<end>': (editor) => editor.moveToEdge(true),
  '\x02': (editor) => editor.moveBy(-1),
  '<left>': (editor) => editor.moveBy(-1),
  '\x06': (editor) => editor.moveBy(1),
  '<right>': (editor) => editor.moveBy(1),
  '<word-left>': (editor) => editor.moveByWord(-1),
  '<word-right>': (editor) => editor.moveByWord(1),
  '<word-delete>': (editor) => editor.cutWordForward(),
  '\x0b': (editor) => editor.cutToEdge(true),
  '\x15': (editor) => editor.cutToEdge(false),
  '\x17': (editor) => editor.cutWord(),
  '\x19': (editor) => editor.yank(),
  '\x0c': (editor) => editor.clearScreen(),
  '\x10': (editor) => editor.recall(-1),
  '<up>': (editor) => editor.recall(-1),
  '\x0e': (editor) => editor.recall(1),
  '<down>': (editor) => editor.recall(1),
}
