// Dialogues as text, one line for each step, and what comes of them on two servers. Knows no protocol.

export interface Line {
  readonly said: string
  /** Why the answers differ, where they do. */
  readonly differs?: string
}

/** What was heard at a line, in a form that can be compared. */
export type Heard = readonly string[]

/** `~A: NOOP # why` is a line to which the two answer differently. Empty lines are none. */
export function linesOf(text: string): readonly Line[] {
  return text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '')
    .map((line) => {
      const [, said = '', differs = ''] = /^~(.*?) +# (.*)$/.exec(line) ?? []
      return differs === '' ? { said: line } : { said, differs }
    })
}

/** One account for each dialogue. */
export function userOf(dialogue: string): string {
  return dialogue.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()
}

/** What is not as it should be: differences that no line tells of, and lines that tell of one that is not there. */
export function compared(lines: readonly Line[], ours: readonly Heard[], theirs: readonly Heard[]): readonly object[] {
  return lines.flatMap(({ said, differs }, at) => {
    const [here = [], there = []] = [ours[at], theirs[at]]
    const isSame = JSON.stringify(here) === JSON.stringify(there)
    if (isSame === (differs === undefined)) return []
    return [isSame ? { said, 'no difference': here } : { said, ours: here, theirs: there }]
  })
}
