// What a world file may say of an FTP server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, durationSetting, portsSetting } from '../../core/index.ts'
import { answersSchema } from '../../shared/answers/index.ts'
import { placeSettings, type openPlace } from '../../shared/places/index.ts'
import { parseReply } from './codec/reply.ts'
import { FTPS_PORT, FTP_PORT } from './messages.ts'
import { PHASES, type Overruling } from './policy.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const CONNECTIONS_MAX = 16_384 // what one listener holds
/** Ours: above what Linux gives to clients by itself (32768 to 60999 has most of them), and easy to remember. */
const PASSIVE_PORTS = '50000-50999'
const PORT_MAX = 65_535

const limits = v.pipe(
  v.strictObject({
    'login-time': durationSetting(DEFAULT_LIMITS.loginMs, 'From the greeting to a login; then 421.'),
    idle: durationSetting(DEFAULT_LIMITS.idleMs, 'Silence after a login, transfers aside; then 421.'),
    stall: durationSetting(DEFAULT_LIMITS.stallMs, 'A data connection on which nothing moves; then 426.'),
    accept: durationSetting(DEFAULT_LIMITS.acceptMs, 'Until the data connection of a transfer stands; then 425.'),
    connections: countSetting(DEFAULT_LIMITS.connectionsMax, CONNECTIONS_MAX, 'From one address at a time.'),
    sessions: countSetting(DEFAULT_LIMITS.sessionsMax, CONNECTIONS_MAX, 'Of one user at a time.'),
  }),
  v.transform((given) => ({
    loginMs: given['login-time'],
    idleMs: given.idle,
    stallMs: given.stall,
    acceptMs: given.accept,
    connectionsMax: given.connections,
    sessionsMax: given.sessions,
  })),
)

const EXPECTED_REPLY = 'expected hang-up, or a reply from 400 to 599 such as "450 try later"'

/** What is said instead. A reply that promises could not be followed by what the client then waits for. */
const overruling = v.pipe(
  v.string(),
  v.regex(/^(?:hang-up|[45]\d\d [ -~\u00a0-\ud7ff\ue000-\uffff]{1,500})$/, EXPECTED_REPLY),
  v.rawTransform(({ dataset, addIssue, NEVER }): Overruling => {
    if (dataset.value === 'hang-up') return 'hang-up'
    const reply = parseReply(dataset.value)
    if (reply !== undefined) return reply
    addIssue({ message: EXPECTED_REPLY })
    return NEVER
  }),
  v.description('What is said: a reply from 400 to 599, such as "450 try later", or hang-up.'),
)

const EXPECTED_RANGE = 'expected a range of ports such as 50000-50999'

const passivePorts = v.pipe(
  v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}-\d{1,5}$/, EXPECTED_RANGE)), PASSIVE_PORTS),
  v.description('Ports for data connections that clients open (PASV, EPSV).'),
  v.transform((text) => {
    const [from = 0, to = 0] = text.split('-').map(Number)
    return { from, to }
  }),
  v.check(({ from, to }) => from >= 1 && from <= to && to <= PORT_MAX, EXPECTED_RANGE),
)

const anonymous = v.pipe(
  v.optional(v.union([v.boolean(), v.strictObject(placeSettings({ write: false }))]), {}),
  v.description(
    'Where those without a name are: a place of their own, read-only by default. true: in the folder of those with one, read-only; false: nowhere.',
  ),
)

type PlaceSettings = Parameters<typeof openPlace>[1]
type Anonymous = v.InferOutput<typeof anonymous>

/** `true` stands for the named folder, if there is one. */
function namelessPlace(given: Anonymous, folder: string | undefined): PlaceSettings | false {
  if (typeof given !== 'boolean') return given
  return given && { folder, write: false }
}

const settings = v.strictObject({
  port: portsSetting(FTP_PORT, 'Without TLS at first: a port, a list of ports, or false.'),
  'secure-port': portsSetting(FTPS_PORT, 'With TLS from the first byte: a port, a list of ports, or false.'),
  'passive-ports': passivePorts,
  tls: v.pipe(
    v.optional(v.picklist(['offer', 'require']), 'offer'),
    v.description('require: no login and no data without TLS.'),
  ),
  'session-reuse': v.pipe(
    v.optional(v.picklist(['require', 'any']), 'require'),
    v.description("require: data connections take up the control connection's TLS session, or are refused."),
  ),
  anonymous,
  ...placeSettings({ write: true }),
  answers: answersSchema(PHASES, overruling),
  limits: v.optional(limits, {}),
})

const schema = v.pipe(
  settings,
  v.transform(
    ({
      'secure-port': securePort,
      'passive-ports': passive,
      'session-reuse': sessionReuse,
      port,
      tls,
      anonymous: nameless,
      answers,
      limits: bounds,
      ...place
    }) => ({
      port,
      securePort,
      passivePorts: passive,
      tls,
      sessionReuse,
      anonymous: namelessPlace(nameless, place.folder),
      place,
      answers,
      limits: bounds,
    }),
  ),
)

export type FtpConfig = v.InferOutput<typeof schema>

export const ftpConfig = configFrom<FtpConfig>(schema)
