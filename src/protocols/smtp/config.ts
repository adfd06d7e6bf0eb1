// What a world file may say of a mail server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, durationSetting, portsSetting, sizeSetting } from '../../core/index.ts'
import { Answers, answersSchema } from '../../shared/answers/index.ts'
import { channelBindingSetting } from '../../shared/sasl/index.ts'
import { parseLocalPart, parseMailbox } from './codec/address.ts'
import { parseReplyLine } from './codec/reply.ts'
import { MX_PORT, SUBMISSIONS_PORT, SUBMISSION_PORT, type Reply } from './messages.ts'
import { HANG_UP, PHASES } from './policy.ts'
import { relaySettings } from './relay/settings.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const COUNT_MAX = 1_000_000 // ours: more than a load test asks for

const limits = v.pipe(
  v.strictObject({
    'in-flight': sizeSetting(DEFAULT_LIMITS.inFlightMaxBytes, 'All messages that are being read at a time; then 452.'),
    recipients: countSetting(DEFAULT_LIMITS.recipientsMax, COUNT_MAX, 'Of one mail; then 452.'),
    connections: countSetting(DEFAULT_LIMITS.connectionsMax, COUNT_MAX, 'From one address at a time; then 421.'),
    idle: durationSetting(DEFAULT_LIMITS.idleMs, 'Silence; then 421.'),
    'message-time': durationSetting(DEFAULT_LIMITS.messageMs, 'For one message from DATA on; then 421.'),
    'idle-commands': countSetting(
      DEFAULT_LIMITS.idleCommandsMax,
      COUNT_MAX,
      'Commands without an effect between two mails; then 421.',
    ),
    'bad-commands': countSetting(
      DEFAULT_LIMITS.badCommandsMax,
      COUNT_MAX,
      'Commands that cannot be obeyed, on one connection; then 421.',
    ),
  }),
  v.transform((given) => ({
    inFlightMaxBytes: given['in-flight'],
    recipientsMax: given.recipients,
    connectionsMax: given.connections,
    idleMs: given.idle,
    messageMs: given['message-time'],
    idleCommandsMax: given['idle-commands'],
    badCommandsMax: given['bad-commands'],
  })),
)

const address = v.pipe(
  v.string(),
  v.check((text) => (parseMailbox(text)?.domain ?? '') !== '', 'expected an address such as alice@harbor.test'),
)

const aliasName = v.pipe(
  v.string(),
  v.check(
    (text) => (text.includes('@') ? parseMailbox(text) : parseLocalPart(text)) !== undefined,
    'expected an address or what stands before its @',
  ),
)

const aliases = v.pipe(
  v.optional(v.record(aliasName, v.union([address, v.array(address)])), {}),
  v.description('Where mail for further addresses goes: an address, or a list of them.'),
  v.transform(
    (given): ReadonlyMap<string, readonly string[]> =>
      new Map(Object.entries(given).map(([name, to]) => [name.toLowerCase(), typeof to === 'string' ? [to] : to])),
  ),
)

const demandedReply = v.pipe(
  v.string(),
  v.check(
    (text) => text === HANG_UP || demanded(text) !== undefined,
    'expected a reply such as "451 4.3.0 try again later", or hang-up',
  ),
  v.description('A reply (code, enhanced code, text), or hang-up.'),
  v.transform((text): Reply | typeof HANG_UP => demanded(text) ?? HANG_UP),
)

function demanded(text: string): Reply | undefined {
  const parsed = parseReplyLine(text)
  if (parsed === undefined || parsed.code < 200) return undefined
  const { isLast: _, ...reply } = parsed
  return reply
}

const settings = v.strictObject({
  port: portsSetting(MX_PORT, 'Mail of other servers: a port, a list of ports, or false.'),
  'submission-port': portsSetting(
    SUBMISSION_PORT,
    'Mail of users, TLS by STARTTLS: a port, a list of ports, or false.',
  ),
  'secure-port': portsSetting(
    SUBMISSIONS_PORT,
    'Mail of users, TLS from the first byte: a port, a list of ports, or false.',
  ),
  message: sizeSetting(DEFAULT_LIMITS.messageMaxBytes, 'The largest message; then 552.'),
  aliases,
  'any-sender': v.pipe(v.optional(v.boolean(), false), v.description('Users may send as anyone.')),
  'channel-binding': channelBindingSetting,
  authenticate: v.pipe(
    v.optional(v.picklist(['off', 'mark', 'enforce']), 'mark'),
    v.description(
      'SPF, DKIM and DMARC of mail from elsewhere: not looked at; told in a header field; refused where DMARC says reject.',
    ),
  ),
  sign: v.pipe(v.optional(v.boolean(), true), v.description('Sign the mail of users by DKIM.')),
  answers: v.pipe(
    answersSchema(PHASES, demandedReply),
    v.check(
      (rules) =>
        rules.every(({ at, reply }) => reply === HANG_UP || reply.code >= 400 || at === 'message' || at === 'quit'),
      'replies below 400 are for `at: message`, where the mail is dropped, and `at: quit`',
    ),
  ),
  relay: relaySettings,
  limits: v.optional(limits, {}),
})

const schema = v.pipe(
  settings,
  v.transform((given) => ({
    ports: given.port,
    submissionPorts: given['submission-port'],
    securePorts: given['secure-port'],
    aliases: given.aliases,
    anySender: given['any-sender'],
    channelBinding: given['channel-binding'],
    authenticate: given.authenticate,
    sign: given.sign,
    answers: given.answers,
    relay: given.relay,
    limits: { ...given.limits, messageMaxBytes: given.message },
  })),
)

export type SmtpConfig = v.InferOutput<typeof schema>

export const smtpConfig = configFrom<SmtpConfig>(schema)

/** What the rules of a configuration have counted so far; one for each service that runs. */
export function answersOf(config: SmtpConfig): Answers<(typeof PHASES)[number], Reply | typeof HANG_UP> {
  return new Answers(config.answers)
}
