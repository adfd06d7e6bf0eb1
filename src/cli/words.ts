// Options that several commands have, and how examples are shown.

export const WORLD = [
  '-w, --world <file>',
  'the world file (default: ./portolan.yaml, else the built-in world)',
] as const
export const RUNNING = ['--world <id>', 'which running world: its id, name or pid'] as const
export const JSON_OUT = ['--json', 'print JSON for programs'] as const

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}
