// What a world file may say of a web server. README.md says it for people.

import * as v from 'valibot'
import { configFrom } from '../../core/index.ts'
import { isFieldValue, isToken } from './codec/fields.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const port = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1, 'a port is 1 to 65535'),
  v.maxValue(65_535, 'a port is 1 to 65535'),
)
const status = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(200, 'a status is 200 to 599'),
  v.maxValue(599, 'a status is 200 to 599'),
)
const path = v.pipe(v.string(), v.startsWith('/', 'a path starts with /'))
const positive = v.pipe(v.number(), v.integer(), v.minValue(1, 'must be 1 or more'))

/** One port, several, or none. */
function ports(usual: number) {
  const schema = v.union([port, v.array(port), v.literal(false)])
  return v.pipe(
    v.optional(schema, usual),
    v.transform((given): readonly number[] => (given === false ? [] : typeof given === 'number' ? [given] : given)),
  )
}

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

const limits = v.strictObject({
  contentMaxBytes: v.optional(positive, DEFAULT_LIMITS.contentMaxBytes),
  headMs: v.optional(positive, DEFAULT_LIMITS.headMs),
  contentMs: v.optional(positive, DEFAULT_LIMITS.contentMs),
  idleMs: v.optional(positive, DEFAULT_LIMITS.idleMs),
  stallMs: v.optional(positive, DEFAULT_LIMITS.stallMs),
})

const schema = v.strictObject({
  port: ports(80),
  securePort: ports(443),
  https: v.optional(v.picklist(['offer', 'redirect']), 'offer'),
  site: v.optional(v.string()),
  index: v.optional(v.array(v.pipe(v.string(), v.regex(/^[^/\0]+$/, 'a file name without slashes'))), ['index.html']),
  listing: v.optional(v.boolean(), false),
  pages: v.optional(v.record(path, page), {}),
  redirects: v.optional(v.record(path, redirect), {}),
  echo: v.optional(path),
  limits: v.optional(limits, {}),
})

export type HttpConfig = v.InferOutput<typeof schema>
export type PageConfig = v.InferOutput<typeof page>
export type RedirectConfig = v.InferOutput<typeof redirect>

export const httpConfig = configFrom<HttpConfig>(schema)
