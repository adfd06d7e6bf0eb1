// Permission bits as people write them: `-rw-r--r--`, `755`, `u+x,go-w`.

import type { FileStat } from '../../../../core/files.ts'

const KINDS: Readonly<Record<FileStat['kind'], string>> = { file: '-', folder: 'd', link: 'l' }
const CLAUSE = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/

export function formatMode({ kind, mode }: FileStat): string {
  const bits = [...'rwxrwxrwx'].map((letter, place) => (mode & (0o400 >> place) ? letter : '-'))
  return KINDS[kind] + bits.join('')
}

/** The bits that `text` makes of `before`; undefined: it says nothing that is known. */
export function changeMode(text: string, before: FileStat, umask: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8) & 0o777
  let mode = before.mode
  for (const clause of text.split(',')) {
    const [, who, actions] = CLAUSE.exec(clause) ?? []
    if (who === undefined || actions === undefined) return undefined
    for (const [, sign, letters] of actions.matchAll(/([-+=])([rwxXst]*)/g)) {
      mode = applied(mode, { who, sign: sign ?? '', letters: letters ?? '' }, before, umask)
    }
  }
  return mode
}

interface Action {
  readonly who: string
  readonly sign: string
  readonly letters: string
}

function applied(mode: number, { who, sign, letters }: Action, before: FileStat, umask: number): number {
  const all = who === '' || who.includes('a')
  const classes =
    (all || who.includes('u') ? 0o700 : 0) |
    (all || who.includes('g') ? 0o070 : 0) |
    (all || who.includes('o') ? 0o007 : 0)
  const executes =
    letters.includes('x') || (letters.includes('X') && (before.kind === 'folder' || (mode & 0o111) !== 0))
  const bits = (letters.includes('r') ? 0o444 : 0) | (letters.includes('w') ? 0o222 : 0) | (executes ? 0o111 : 0)
  const meant = bits & classes & (who === '' ? ~umask : 0o777)
  if (sign === '+') return mode | meant
  return sign === '-' ? mode & ~meant : (mode & ~classes) | meant
}
