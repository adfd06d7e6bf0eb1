// ls.

import { isFailure } from '../../../../core/failure.ts'
import type { Entry, FileStat } from '../../../../core/files.ts'
import { systemMessage } from '../run/messages.ts'
import type { Call } from '../run/shell.ts'
import { formatMode } from './modes.ts'
import { joinPath, pathOf, walkedOne, quoteName } from './operands.ts'
import { readOptions, type Options } from './options.ts'
import { formatSize, formatListTime } from './sizes.ts'

const STATUS = { minor: 1, serious: 2 } as const
const SPEC = {
  letters: 'aAlhd1RtrSFiCGnopgsc',
  long: { all: 'a', 'almost-all': 'A', 'human-readable': 'h', directory: 'd', recursive: 'R', reverse: 'r' },
  status: STATUS.serious,
}
/** Bytes of a block in `total` and `-s` (ls(1)). */
const BLOCK_BYTES = 1024
const PAGE_BYTES = 4096

interface Row extends Entry {
  /** What a link leads to. */
  readonly target?: string
}

export async function ls(call: Call): Promise<number> {
  const options = readOptions(call, SPEC)
  if (typeof options === 'number') return options
  return new Listing(call, options).whole()
}

class Listing {
  readonly #call: Call
  readonly #options: Options
  #status = 0
  #printed = false

  constructor(call: Call, options: Options) {
    this.#call = call
    this.#options = options
  }

  async whole(): Promise<number> {
    const operands = this.#options.operands.length === 0 ? ['.'] : this.#options.operands
    const files: Row[] = []
    const folders: Row[] = []
    for (const name of operands) {
      const row = await this.#operand(name)
      if (row === undefined) continue
      if (row.stat.kind === 'folder' && !this.#has('d')) folders.push(row)
      else files.push(row)
    }
    if (files.length > 0) await this.#rows(this.#sorted(files))
    const titled = operands.length > 1 || this.#has('R')
    for (const { name } of this.#sorted(folders)) await this.#folder(name, titled)
    return this.#status
  }

  #has(letter: string): boolean {
    return this.#options.flags.has(letter)
  }

  #long(): boolean {
    return ['l', 'n', 'o', 'g'].some((letter) => this.#has(letter))
  }

  /** Links are followed where that leads to a folder that is to be listed. */
  async #operand(name: string): Promise<Row | undefined> {
    const path = pathOf(this.#call, name)
    const own = await this.#call.tree.lstat(path)
    const follows = !isFailure(own) && own.kind === 'link' && !this.#long() && !this.#has('d')
    const led = follows ? await this.#call.tree.stat(path) : own
    const stat = isFailure(led) ? own : led
    if (!isFailure(stat)) return this.#row(name, path, stat)
    this.#call.stderr.print(`ls: cannot access ${quoteName(name)}: ${systemMessage(stat)}\n`)
    this.#status = STATUS.serious
    return undefined
  }

  async #row(name: string, path: string, stat: FileStat): Promise<Row> {
    const target = stat.kind === 'link' && this.#long() ? await this.#call.tree.readLink(path) : undefined
    return target === undefined || isFailure(target) ? { name, stat } : { name, stat, target }
  }

  async #folder(name: string, titled: boolean): Promise<void> {
    if (!(await walkedOne(this.#call))) return
    const path = pathOf(this.#call, name)
    const entries = await this.#call.tree.entries(path)
    if (isFailure(entries)) {
      this.#call.stderr.print(`ls: cannot open directory ${quoteName(name)}: ${systemMessage(entries)}\n`)
      this.#status = Math.max(this.#status, STATUS.minor)
      return
    }
    if (titled) this.#call.stdout.print(`${this.#printed ? '\n' : ''}${name}:\n`)
    this.#printed = true
    const rows = this.#sorted(await this.#rowsOf(path, entries))
    if (this.#long() || this.#has('s')) {
      const total = rows.reduce((sum, { stat }) => sum + blocksOf(stat), 0)
      this.#call.stdout.print(`total ${this.#has('h') ? formatSize(total * BLOCK_BYTES) : total}\n`)
    }
    await this.#rows(rows)
    if (!this.#has('R')) return
    const inner = rows.filter((row) => row.stat.kind === 'folder' && row.name !== '.' && row.name !== '..')
    for (const row of inner) await this.#folder(joinPath(name, row.name), true)
  }

  async #rowsOf(path: string, entries: readonly Entry[]): Promise<Row[]> {
    const rows: Row[] = []
    if (this.#has('a')) {
      for (const name of ['.', '..']) {
        const stat = await this.#call.tree.stat(joinPath(path, name))
        if (!isFailure(stat)) rows.push({ name, stat })
      }
    }
    for (const { name, stat } of entries) {
      if (name.startsWith('.') && !this.#has('a') && !this.#has('A')) continue
      rows.push(stat.kind === 'link' ? await this.#row(name, joinPath(path, name), stat) : { name, stat })
    }
    return rows
  }

  #sorted(rows: readonly Row[]): Row[] {
    const byName = (a: Row, b: Row) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    const order = (a: Row, b: Row) => {
      if (this.#has('t')) return b.stat.modifiedMs - a.stat.modifiedMs || byName(a, b)
      return this.#has('S') ? b.stat.size - a.stat.size || byName(a, b) : byName(a, b)
    }
    const sorted = rows.toSorted(order)
    return this.#has('r') ? sorted.toReversed() : sorted
  }

  async #rows(rows: readonly Row[]): Promise<void> {
    this.#printed = true
    const columns = this.#call.shell.session.context.terminal !== undefined && isTerminal(this.#call)
    if (this.#long()) await this.#longRows(rows)
    else if (columns && !this.#has('1')) this.#columns(rows.map((row) => this.#named(row)))
    else {
      for (const row of rows) {
        this.#call.stdout.print(`${this.#prefix(row)}${this.#named(row)}\n`)
        if (this.#call.stdout.full && !(await this.#call.stdout.flush())) return
      }
    }
  }

  #prefix({ stat }: Row): string {
    return this.#has('i') ? `${inodeOf(stat)} ` : ''
  }

  /** Control characters would move a terminal's cursor. */
  #named({ name, stat }: Row): string {
    const shown = isTerminal(this.#call) ? name.replace(/[\p{Cc}\udc80-\udcff]/gu, '?') : name
    if (!this.#has('F')) return shown
    const mark = stat.kind === 'folder' ? '/' : stat.kind === 'link' ? '@' : stat.mode & 0o111 ? '*' : ''
    return shown + mark
  }

  async #longRows(rows: readonly Row[]): Promise<void> {
    const { user, wallMs } = this.#call.shell.session.context
    const sizes = rows.map(({ stat }) => (this.#has('h') ? formatSize(stat.size) : String(stat.size)))
    const wide = Math.max(...sizes.map((size) => size.length), 0)
    const links = Math.max(...rows.map(({ stat }) => String(stat.links).length), 0)
    const owner = this.#has('n') ? '1000' : user
    const owners = [...(this.#has('g') ? [] : [owner]), ...(this.#has('o') || this.#has('G') ? [] : [owner])].join(' ')
    const now = wallMs()
    for (const [index, row] of rows.entries()) {
      const size = (sizes[index] ?? '').padStart(wide)
      const front = `${this.#prefix(row)}${formatMode(row.stat)} ${String(row.stat.links).padStart(links)} ${owners}`
      const name = this.#named(row) + (row.target === undefined ? '' : ` -> ${row.target}`)
      this.#call.stdout.print(`${front} ${size} ${formatListTime(row.stat.modifiedMs, now)} ${name}\n`)
      if (this.#call.stdout.full && !(await this.#call.stdout.flush())) return
    }
  }

  /** Down the columns, as many as fit. */
  #columns(names: readonly string[]): void {
    if (names.length === 0) return
    const width = Math.max(...names.map((name) => name.length)) + 2
    const count = Math.max(1, Math.trunc(this.#call.shell.session.columns / width))
    const height = Math.ceil(names.length / count)
    for (let row = 0; row < height; row++) {
      const cells = names.filter((_, index) => index % height === row)
      const line = cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(width)))
      this.#call.stdout.print(`${line.join('')}\n`)
    }
  }
}

/** Whether what is printed goes to the client itself. */
function isTerminal({ shell, stdout }: Call): boolean {
  return shell.session.isTerminal(stdout)
}

function blocksOf(stat: FileStat): number {
  return stat.kind === 'link' ? 0 : Math.ceil(stat.size / PAGE_BYTES) * (PAGE_BYTES / BLOCK_BYTES)
}

/** A number for `-i`, from what tells files apart. */
function inodeOf({ id }: FileStat): string {
  return /\d+$/.exec(id)?.[0] ?? '0'
}
