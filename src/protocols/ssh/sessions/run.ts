// What runs in a session: a scripted answer, SFTP, SCP, a real program or the scripted shell.

import { parseScp, serveScp, type ScpArguments } from '../scp/index.ts'
import { serveSftp } from '../sftp/index.ts'
import { runProgram } from './program.ts'
import type { Running, SessionSetting, Wanted } from './session.ts'
import { runShell } from './scripted-shell.ts'
import type { ScriptedAnswer } from './scripted-commands.ts'
import { breakFor, localName, placeFor, type Visit } from './visit.ts'

/** sshd_config(5), ForceCommand and Subsystem. */
const SFTP_COMMAND = /^(?:internal-sftp|(?:\S*\/)?sftp-server)(?:\s|$)/

const NOTHING: Running = { resize: () => undefined, signal: () => undefined, hangUp: () => undefined }

/** `undefined`: there is no such thing here. */
export function runWanted(visit: Visit, wanted: Wanted, setting: SessionSetting): Running | undefined {
  const forced = visit.login.options.command
  if (forced === undefined) return runAsked(visit, wanted, setting, undefined)
  return runAsked(visit, { kind: 'exec', command: forced }, setting, originalOf(wanted))
}

function runAsked(
  visit: Visit,
  wanted: Wanted,
  setting: SessionSetting,
  original: string | undefined,
): Running | undefined {
  const { programs, sftp, commands } = visit.context
  if (wanted.kind === 'subsystem') return wanted.name === 'sftp' && sftp ? runSftp(visit, setting) : undefined
  const command = wanted.kind === 'shell' ? undefined : wanted.command
  if (command !== undefined) {
    const answer = commands.find(command)
    if (answer !== undefined) return sayAnswer(visit, command, setting, answer)
    if (SFTP_COMMAND.test(command)) return sftp ? runSftp(visit, setting) : undefined
    const copy = sftp ? parseScp(command) : undefined
    if (copy !== undefined) return runScp(visit, command, copy, setting)
  }
  if (programs !== undefined) return runProgram(visit, programs, command, setting, original)
  return runShell(visit, command, setting, original)
}

function sayAnswer(
  { io, context, login }: Visit,
  command: string,
  { channel }: SessionSetting,
  answer: ScriptedAnswer,
): Running {
  if (answer.output !== '') channel.write(answer.output)
  if (answer.error !== '') channel.stderr.write(answer.error)
  channel.finish({ code: answer.exit })
  context.log.ended(io, login.user.address, command, { code: answer.exit })
  return NOTHING
}

function runSftp(visit: Visit, setting: SessionSetting): Running {
  const tree = placeFor(visit, setting)
  if (tree === undefined) return NOTHING
  const { io, context, login } = visit
  const served = serveSftp(setting.channel, {
    tree,
    user: localName(visit),
    random: (size) => io.random(size),
    wallMs: () => io.wallMs,
    log: (operation) => context.log.file(io, login.user.address, operation),
    abused: (reason) => context.log.abused(io, `SFTP: ${reason}`),
    broke: breakFor(visit),
  })
  return { ...NOTHING, hangUp: () => served.stop() }
}

function runScp(visit: Visit, command: string, copy: ScpArguments, setting: SessionSetting): Running {
  const tree = placeFor(visit, setting)
  if (tree === undefined) return NOTHING
  const { io, context, login } = visit
  const { channel } = setting
  channel.once('finish', () => context.log.ended(io, login.user.address, command, channel.ending ?? { code: 255 }))
  const served = serveScp(channel, copy, {
    tree,
    user: localName(visit),
    log: (operation) => context.log.file(io, login.user.address, operation),
    broke: breakFor(visit),
  })
  return { ...NOTHING, hangUp: () => served.stop() }
}

function originalOf(wanted: Wanted): string | undefined {
  if (wanted.kind === 'shell') return undefined
  return wanted.kind === 'exec' ? wanted.command : wanted.name
}
