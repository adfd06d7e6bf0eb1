// The commands that are the shell's own: special ones (Shell Command Language §2.14) keep assignments and end scripts by
// their errors; the others are as any command, but see and change the shell.

import { echo, printf } from '../commands/printf.ts'
import { test } from '../commands/condition.ts'
import type { CommandTable } from '../run/shell.ts'
import { breakLoops, colon, evaluate, exec, exit, leave, setShell, shift, source, trap } from './control.ts'
import { changeFolder, printFolder, umask } from './folder.ts'
import { commandBuiltin, runShell, type_, which } from './lookup.ts'
import { getopts, read } from './read.ts'
import { exportVariables, local, readOnly, unset } from './variables.ts'

export const SPECIAL_BUILTINS: CommandTable = {
  ':': colon,
  '.': source,
  break: breakLoops,
  continue: breakLoops,
  eval: evaluate,
  exec,
  exit,
  export: exportVariables,
  readonly: readOnly,
  return: leave,
  set: setShell,
  shift,
  trap,
  unset,
}

export const BUILTINS: CommandTable = {
  '[': test,
  bash: runShell,
  cd: changeFolder,
  command: commandBuiltin,
  dash: runShell,
  echo,
  false: () => 1,
  getopts,
  local,
  logout: exit,
  printf,
  pwd: printFolder,
  read,
  sh: runShell,
  source,
  test,
  true: colon,
  type: type_,
  umask,
  wait: colon,
  which,
}
