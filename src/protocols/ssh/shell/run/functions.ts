// Calls of functions (Shell Command Language §2.9.5): positional parameters, loops and `local` of their own.

import type { CompoundCommand } from '../syntax/tree.ts'
import type { Ends } from './shell.ts'
import type { ShellState } from './state.ts'

export interface FunctionRunner {
  readonly state: ShellState
  compound(body: CompoundCommand['body'], redirections: CompoundCommand['redirections'], ends: Ends): Promise<number>
}

export async function callFunction(
  shell: FunctionRunner,
  body: CompoundCommand,
  args: readonly string[],
  ends: Ends,
): Promise<number> {
  const { state } = shell
  const { positional, loops, locals } = state
  state.positional = args
  state.loops = 0
  state.locals = new Map()
  state.calls++
  let status = await shell.compound(body.body, body.redirections, ends)
  for (const [name, before] of state.locals) state.restore(name, before)
  Object.assign(state, { positional, loops, locals })
  state.calls--
  if (state.unwinding?.kind === 'return') {
    status = state.unwinding.status
    state.unwinding = undefined
  }
  return status
}
