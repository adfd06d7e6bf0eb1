// What a world file may say of an SSH server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, durationSetting, portsSetting } from '../../core/index.ts'
import { placeSettings } from '../../shared/places/index.ts'
import { DEFAULT_LIMITS, type SshLimits, type Startups } from './limits.ts'
import { SSH_PORT } from './messages.ts'
import type { ScriptedAnswer } from './sessions/scripted-commands.ts'

const COUNT_MAX = 10_000 // ours: what one machine opens against another in a load test
/** OpenSSH's clients tell of a reader that is gone (eow@openssh.com), and end what runs, with servers of this name alone. */
const SOFTWARE = 'OpenSSH_9.2 Portolan'
const { startups: usual } = DEFAULT_LIMITS
const USUAL_STARTUPS = `${usual.start}:${usual.chance * 100}:${usual.full}`
/** RFC 4253 §4.2: 255 in all, CR LF and `SSH-2.0-` among them; US-ASCII, and no space before comments. */
const SOFTWARE_FORM = /^[!-,.-~]+(?: [ -~]+)?$/
const SOFTWARE_MAX_BYTES = 245

const startups = v.pipe(
  v.optional(v.string(), USUAL_STARTUPS),
  v.description('Connections without a login, START:RATE:FULL as in sshd_config(5), MaxStartups.'),
  v.rawTransform(({ dataset, addIssue, NEVER }): Startups => {
    const [, start = '', rate = '', full = ''] = /^(\d{1,6}):(\d{1,3}):(\d{1,6})$/.exec(dataset.value) ?? []
    const parsed = { start: Number(start), chance: Number(rate) / 100, full: Number(full) }
    if (start !== '' && parsed.chance <= 1 && parsed.full >= parsed.start && parsed.full > 0) return parsed
    addIssue({ message: `expected START:RATE:FULL such as ${USUAL_STARTUPS}, RATE a percentage` })
    return NEVER
  }),
)

const limits = v.pipe(
  v.strictObject({
    'login-time': durationSetting(DEFAULT_LIMITS.loginMs, 'From the connection to a login; then it closes.'),
    startups,
    connections: countSetting(DEFAULT_LIMITS.peerMax, COUNT_MAX, 'Without a login, from one address at a time.'),
    tries: countSetting(
      DEFAULT_LIMITS.triesMax,
      COUNT_MAX,
      'Refused logins on one connection; the last one closes it.',
    ),
    failures: countSetting(
      DEFAULT_LIMITS.peerFailuresMax,
      COUNT_MAX,
      'Bad logins from one address without a good one between; then it is shut out.',
    ),
    'user-failures': countSetting(
      DEFAULT_LIMITS.userFailuresMax,
      COUNT_MAX,
      'Bad logins as one user, from anywhere, without a good one between; then the user is shut out.',
    ),
    'lock-out': durationSetting(DEFAULT_LIMITS.shutMs, 'How long an address or a user is shut out.'),
    sessions: countSetting(DEFAULT_LIMITS.sessionsMax, COUNT_MAX, 'Of one connection at a time.'),
    forwards: countSetting(DEFAULT_LIMITS.forwardsMax, COUNT_MAX, 'Forwarded streams of one connection at a time.'),
  }),
  v.transform((given): SshLimits => ({
    loginMs: given['login-time'],
    startups: given.startups,
    peerMax: given.connections,
    triesMax: given.tries,
    peerFailuresMax: given.failures,
    userFailuresMax: given['user-failures'],
    shutMs: given['lock-out'],
    sessionsMax: given.sessions,
    forwardsMax: given.forwards,
  })),
)

const exit = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))

/** Text is the output; or output, error and exit apart. */
const answer = v.pipe(
  v.union([
    v.string(),
    v.strictObject({
      output: v.optional(v.string(), ''),
      error: v.optional(v.string(), ''),
      exit: v.optional(exit, 0),
    }),
  ]),
  v.transform((given): ScriptedAnswer => (typeof given === 'string' ? { output: given, error: '', exit: 0 } : given)),
)

const settings = v.strictObject({
  port: portsSetting(SSH_PORT, 'A port, a list of ports, or false.'),
  ...placeSettings({ write: true }),
  software: v.pipe(
    v.optional(
      v.pipe(
        v.string(),
        v.regex(SOFTWARE_FORM, 'expected a name such as OpenSSH_9.2: no hyphens, spaces only before a comment'),
        v.maxBytes(SOFTWARE_MAX_BYTES, 'RFC 4253 §4.2 allows 245 bytes'),
      ),
      SOFTWARE,
    ),
    v.description('What the server calls itself, behind SSH-2.0-.'),
  ),
  banner: v.pipe(v.optional(v.string()), v.description('Shown before the login.')),
  exec: v.pipe(
    v.optional(v.picklist(['scripted', 'real']), 'scripted'),
    v.description('scripted: a small shell over the files. real: programs of this machine, under `portolan run` only.'),
  ),
  commands: v.pipe(
    v.optional(v.record(v.string(), answer), {}),
    v.description(
      'Answers to commands, exact or with * and ?, tried before any shell: text, or output, error and exit.',
    ),
  ),
  sftp: v.pipe(v.optional(v.boolean(), true), v.description('Serve files by SFTP and SCP.')),
  forwarding: v.pipe(v.optional(v.boolean(), true), v.description('Forward streams and ports within the world.')),
  limits: v.optional(limits, {}),
})

export type SshConfig = v.InferOutput<typeof settings>

export const sshConfig = configFrom<SshConfig>(settings)
