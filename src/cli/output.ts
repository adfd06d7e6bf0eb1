// How commands speak to people: colours that obey NO_COLOR, tables, and a line for whatever takes long.

import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

const STDOUT = 1
const STDERR = 2
const PROGRESS_AFTER_MS = 1000
const FULL_PIPE_PAUSE_MS = 5 // a reader empties its 64 KiB well within that
const FULL_PIPE_MAX_MS = 10_000 // a reader that takes nothing for so long has stopped reading

/** For standard output; plain where NO_COLOR is set or nobody watches. */
export function styled(style: Style, text: string): string {
  return isColourful(STDOUT) ? styleText(style, text, { validateStream: false }) : text
}

/** For standard error, by the same rules. */
export function styledError(style: Style, text: string): string {
  return isColourful(STDERR) ? styleText(style, text, { validateStream: false }) : text
}

/** Whether text for that stream may carry colours: https://no-color.org, and FORCE_COLOR against it. */
export function isColourful(fd: 1 | 2): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true
  return (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb' && isatty(fd)
}

export function say(text: string): void {
  write(STDOUT, `${text}\n`)
}

/** Bytes as they are. */
export function sayBytes(bytes: Uint8Array): void {
  write(STDOUT, bytes)
}

/** Text on standard error as it is. */
export function tell(text: string): void {
  write(STDERR, text)
}

/** What went wrong, on standard error, with the program's name before it. */
export function complain(text: string): void {
  tell(`${styledError('red', 'portolan:')} ${text}\n`)
}

/**
 * Written by number: `process.stdout` and `process.stderr` would make pipes non-blocking, also for the program inside,
 * which shares them. A reader that is gone is nobody to tell.
 */
function write(fd: 1 | 2, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const until = performance.now() + FULL_PIPE_MAX_MS
  for (let written = 0; written < bytes.length && performance.now() < until;) {
    const taken = tryWrite(fd, bytes.subarray(written))
    if (taken === 'gone') return
    if (taken === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE_MS)
    written += taken
  }
}

function tryWrite(fd: number, bytes: Uint8Array): number | 'gone' {
  try {
    return writeSync(fd, bytes)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN' ? 0 : 'gone'
  }
}

/** Rows as aligned columns, two spaces apart. The last column is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')
  return [styled('bold', line(header)), ...rows.map(line)].join('\n')
}

/** Waits for `work`; after a second says on standard error what it is waiting for, where somebody watches. */
export async function withProgress<T>(what: string, work: Promise<T>): Promise<T> {
  const watched = isatty(STDERR)
  const timer = setTimeout(() => watched && tell(`${what} ...`), PROGRESS_AFTER_MS)
  const begun = performance.now()
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (watched && performance.now() - begun > PROGRESS_AFTER_MS) tell('\r\u001B[K')
  }
}
