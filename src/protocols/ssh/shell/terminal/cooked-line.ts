// A line as a terminal's own discipline takes it (termios(3), canonical mode): for commands that read what is typed.

import type { Key } from './keys.ts'
import { widthOf } from './width.ts'

/** N_TTY takes 4096 bytes; what is beyond is dropped. */
const LINE_MAX_CHARS = 4096

export class CookedLine {
  #chars: string[] = []
  #screen = ''

  takeScreen(): string {
    const screen = this.#screen
    this.#screen = ''
    return screen
  }

  /** What the reader gets once a key ends the line; empty: the end of the input. */
  key(key: Key): string | undefined {
    if (key === '\r' || key === '\n') return this.#finish('\n')
    if (key === '\x04') return this.#finish('')
    if (key === '\x7f' || key === '\b') this.#erase(1)
    else if (key === '\x15') this.#erase(this.#chars.length)
    else if (key === '\x17') this.#erase(this.#wordLength())
    else if ((key >= ' ' || key === '\t') && !(key.startsWith('<') && key.length > 1)) this.#add(key)
    return undefined
  }

  #finish(end: string): string {
    const text = this.#chars.join('') + end
    this.#chars = []
    this.#screen += end === '' ? '' : '\r\n'
    return text
  }

  #add(char: string): void {
    if (this.#chars.length >= LINE_MAX_CHARS) return
    this.#chars.push(char)
    this.#screen += char
  }

  #erase(count: number): void {
    const gone = this.#chars.splice(Math.max(0, this.#chars.length - count))
    this.#screen += '\b \b'.repeat(widthOf(gone))
  }

  #wordLength(): number {
    const text = this.#chars.join('')
    return [...text].length - [...text.replace(/\S*\s*$/, '')].length
  }
}
