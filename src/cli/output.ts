// How commands speak to people: colours that obey NO_COLOR, tables, and a line for whatever takes long.

import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

const PROGRESS_AFTER_MS = 1000

/** For standard output; plain where NO_COLOR is set or nobody watches. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** For standard error, by the same rules. */
export function styledError(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stderr })
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What went wrong, on standard error, with the program's name before it. */
export function complain(text: string): void {
  process.stderr.write(`${styledError('red', 'portolan:')} ${text}\n`)
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
  const watched = process.stderr.isTTY
  const timer = setTimeout(() => watched && process.stderr.write(`${what} ...`), PROGRESS_AFTER_MS)
  const begun = performance.now()
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (watched && performance.now() - begun > PROGRESS_AFTER_MS) process.stderr.write('\r\u001B[K')
  }
}
