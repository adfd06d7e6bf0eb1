// portolan explain: which rule decides about a connection, and why.

import { isFailure } from '../../core/failure.ts'
import { compileGate, explain, formatExplain } from '../../net/firewall/index.ts'
import { portsOf } from '../../net/ports/index.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say } from '../output.ts'
import { worldToRun } from '../world-file.ts'

export async function explainFlow(
  from: string,
  to: string,
  options: { readonly world?: string; readonly json?: boolean },
): Promise<void> {
  const world = await worldToRun(options.world)
  if (isFailure(world)) return no(world.message)
  const gate = compileGate(world, portsOf(world))
  const explanation = explain(gate, from, to)
  if (isFailure(explanation)) return no(explanation.message)
  say(options.json === true ? JSON.stringify(explanation, null, 2) : formatExplain(gate, explanation))
}

function no(why: string): void {
  complain(why)
  process.exitCode = EXIT.no
}
