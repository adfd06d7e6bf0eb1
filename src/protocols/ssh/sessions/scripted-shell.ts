// The scripted shell in a session: its streams are the channel's, and its end is told. It is loaded when the first one
// is asked for.

import type { Tree, WindowSize } from '../../../core/index.ts'
import type { RunningShell, ShellContext } from '../shell/index.ts'
import { sinkOf, sourceOf } from './byte-streams.ts'
import type { Running, SessionSetting } from './session.ts'
import { breakFor, environmentOf, localName, placeFor, type Visit } from './visit.ts'

/** `command`: left out for a login shell. `original`: what the client had asked for, where the key runs something else. */
export function runShell(
  visit: Visit,
  command: string | undefined,
  setting: SessionSetting,
  original: string | undefined,
): Running {
  const run = new ShellRun()
  const tree = placeFor(visit, setting)
  if (tree === undefined) return run
  const context = contextFor(visit, command, setting, original, tree)
  run
    .begin(context, command, (code) => {
      visit.context.log.ended(visit.io, visit.login.user.address, command, { code })
      setting.channel.finish({ code })
    })
    .catch(breakFor(visit))
  return run
}

class ShellRun implements Running {
  #shell: RunningShell | undefined
  #size: WindowSize | undefined
  #hungUp = false

  async begin(context: ShellContext, command: string | undefined, ended: (code: number) => void): Promise<void> {
    const { runCommand, startShell } = await import('../shell/index.ts')
    const shell = command === undefined ? startShell(context) : runCommand(command, context)
    this.#shell = shell
    if (this.#size !== undefined) this.resize(this.#size)
    if (this.#hungUp) shell.hangUp()
    ended(await shell.ended)
  }

  resize(size: WindowSize): void {
    this.#size = size
    this.#shell?.resize(size.columns, size.rows)
  }

  signal(name: string): void {
    this.#shell?.signal(name)
  }

  hangUp(): void {
    this.#hungUp = true
    this.#shell?.hangUp()
  }
}

/** Who stands for hosts that the world does not name is called as it was asked for. */
function nameAt({ io, context: { host, targets } }: Visit): string {
  return host.addresses.includes(io.local.ip) ? host.name : (targets.nameOf(io.local.ip) ?? host.name)
}

function contextFor(
  visit: Visit,
  command: string | undefined,
  { channel, terminal, environment }: SessionSetting,
  original: string | undefined,
  tree: Tree,
): ShellContext {
  const { io, context, login, timers } = visit
  const stdout = sinkOf(channel, channel)
  return {
    tree,
    user: localName(visit),
    hostName: nameAt(visit),
    environment: { ...environment, ...environmentOf(visit, original) },
    wallMs: () => io.wallMs,
    after: (ms, run) => timers.after(ms, run),
    stdin: sourceOf(channel),
    stdout,
    stderr: terminal === undefined ? sinkOf(channel, channel.stderr) : stdout,
    ...(terminal === undefined ? {} : { terminal }),
    report: (event) => {
      if (event.kind === 'limit') context.log.abused(io, `the shell reached ${event.limit}: ${event.line}`)
      else if (command === undefined) context.log.line(io, login.user.address, event.line, event.status)
    },
  }
}
