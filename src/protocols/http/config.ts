// What a world file may say of a web server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, durationSetting, portsSetting, sizeSetting } from '../../core/index.ts'
import { isFieldValue, isToken } from './codec/fields.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const status = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(200, 'a status is 200 to 599'),
  v.maxValue(599, 'a status is 200 to 599'),
)
const path = v.pipe(v.string(), v.startsWith('/', 'a path starts with /'))

const fieldName = v.pipe(
  v.string(),
  v.check(isToken, 'not a header name (RFC 9110 §5.1)'),
  v.check((name) => !OURS.has(name.toLowerCase()), 'this header is written by the server'),
)
const fieldValue = v.pipe(v.string(), v.check(isFieldValue, 'not a header value: control or non-Latin characters'))
const OURS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'server'])

const page = v.pipe(
  v.strictObject({
    status: v.optional(status, 200),
    headers: v.optional(v.record(fieldName, fieldValue), {}),
    methods: v.optional(v.array(v.pipe(v.string(), v.toUpperCase())), ['GET']),
    body: v.optional(v.string()),
    json: v.optional(v.unknown()),
  }),
  v.check((given) => given.body === undefined || given.json === undefined, 'either body or json, not both'),
)

const redirect = v.union([
  v.pipe(
    fieldValue,
    v.transform((to) => ({ to, status: 302 })),
  ),
  v.strictObject({ to: fieldValue, status: v.optional(v.picklist([301, 302, 303, 307, 308]), 302) }),
])

const limits = v.pipe(
  v.strictObject({
    content: sizeSetting(DEFAULT_LIMITS.contentMaxBytes, 'Content of one request; then 413.'),
    'head-time': durationSetting(
      DEFAULT_LIMITS.headMs,
      "From a request's first byte to the end of its head; then 408.",
    ),
    'content-time': durationSetting(DEFAULT_LIMITS.contentMs, 'For the content of a request; then 408.'),
    idle: durationSetting(DEFAULT_LIMITS.idleMs, 'Silence between requests; then the connection closes.'),
    stall: durationSetting(
      DEFAULT_LIMITS.stallMs,
      'A client takes nothing of an answer; then the connection is broken off.',
    ),
  }),
  v.transform((given) => ({
    contentMaxBytes: given.content,
    headMs: given['head-time'],
    contentMs: given['content-time'],
    idleMs: given.idle,
    stallMs: given.stall,
  })),
)

const settings = v.strictObject({
  port: portsSetting(80, 'Without TLS: a port, a list of ports, or false.'),
  'secure-port': portsSetting(443, 'With TLS: a port, a list of ports, or false.'),
  https: v.pipe(
    v.optional(v.picklist(['offer', 'redirect']), 'offer'),
    v.description('redirect: requests without TLS are sent to the first secure port (308).'),
  ),
  site: v.pipe(v.optional(v.string()), v.description('A folder; everything in it is served.')),
  index: v.pipe(
    v.optional(v.array(v.pipe(v.string(), v.regex(/^[^/\0]+$/, 'a file name without slashes'))), ['index.html']),
    v.description('Files that stand for their folder, first found first.'),
  ),
  listing: v.pipe(v.optional(v.boolean(), false), v.description('Show folders that have no index.')),
  pages: v.pipe(v.optional(v.record(path, page), {}), v.description('Fixed answers by path.')),
  redirects: v.pipe(
    v.optional(v.record(path, redirect), {}),
    v.description('Where paths lead: /new, or { to, status }.'),
  ),
  echo: v.pipe(v.optional(path), v.description('A path that answers with the request itself, as JSON.')),
  limits: v.optional(limits, {}),
})

const schema = v.pipe(
  settings,
  v.transform(({ 'secure-port': securePort, ...rest }) => ({ ...rest, securePort })),
)

export type HttpConfig = v.InferOutput<typeof schema>
export type PageConfig = v.InferOutput<typeof page>
export type RedirectConfig = v.InferOutput<typeof redirect>

export const httpConfig = configFrom<HttpConfig>(schema)
