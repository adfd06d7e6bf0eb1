// The options before a key in authorized_keys (sshd(8)): what the login may do that the key opens. A line with an option that
// cannot be held opens nothing.

export interface KeyOptions {
  /** Patterns of who may come with it; left out: everybody. */
  readonly from?: string
  /** Run whatever the client asks for. */
  readonly command?: string
  readonly terminal: boolean
  readonly forwarding: boolean
  /** `HOST:PORT` that streams may be forwarded to; left out: all. */
  readonly permitOpen?: readonly string[]
  /** `PORT` or `HOST:PORT` that may be listened on; left out: all. */
  readonly permitListen?: readonly string[]
  /** Wall clock, milliseconds: good until then. */
  readonly expiresMs?: number
}

export const NO_OPTIONS: KeyOptions = { terminal: true, forwarding: true }

type Draft = { -readonly [Key in keyof KeyOptions]: KeyOptions[Key] }

const ONE_OPTION = /^([A-Za-z0-9-]+)(?:="((?:[^"\\]|\\.)*)")?(?:,|$)/
/** In UTC where a Z stands behind; so is our clock without it. */
const EXPIRY = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/

/** Options that change nothing here: agents, X11, tunnels and start-up files there are none of. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'no-agent-forwarding',
  'no-x11-forwarding',
  'no-user-rc',
  'agent-forwarding',
  'x11-forwarding',
  'user-rc',
  'no-touch-required',
])

const FLAGS: Readonly<Record<string, (draft: Draft) => void>> = {
  restrict: (draft) => {
    draft.terminal = false
    draft.forwarding = false
  },
  'no-pty': (draft) => void (draft.terminal = false),
  pty: (draft) => void (draft.terminal = true),
  'no-port-forwarding': (draft) => void (draft.forwarding = false),
  'port-forwarding': (draft) => void (draft.forwarding = true),
}

const VALUES: Readonly<Record<string, (draft: Draft, value: string) => boolean>> = {
  from: (draft, value) => assigned(draft, { from: value }),
  command: (draft, value) => assigned(draft, { command: value }),
  permitopen: (draft, value) => assigned(draft, { permitOpen: [...(draft.permitOpen ?? []), value] }),
  permitlisten: (draft, value) => assigned(draft, { permitListen: [...(draft.permitListen ?? []), value] }),
  'expiry-time': (draft, value) => {
    const expiresMs = expiryMs(value)
    return expiresMs !== undefined && assigned(draft, { expiresMs })
  },
}

/** `text`: all that stands before the key. `undefined`: an option that is unknown or cannot be held. */
export function parseKeyOptions(text: string): KeyOptions | undefined {
  const draft: Draft = { ...NO_OPTIONS }
  let rest = text.trim()
  while (rest !== '') {
    const match = ONE_OPTION.exec(rest)
    if (match === null || !took(draft, (match[1] ?? '').toLowerCase(), match[2])) return undefined
    rest = rest.slice(match[0].length)
  }
  return draft
}

function took(draft: Draft, name: string, value: string | undefined): boolean {
  if (value !== undefined) return own(VALUES, name)?.(draft, value.replace(/\\"/g, '"')) ?? false
  const flag = own(FLAGS, name)
  flag?.(draft)
  return flag !== undefined || WITHOUT_EFFECT.has(name)
}

/** What the table itself has: every object has a `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function assigned(draft: Draft, changes: Partial<KeyOptions>): true {
  Object.assign(draft, changes)
  return true
}

function expiryMs(text: string): number | undefined {
  const match = EXPIRY.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((digits) => Number(digits ?? 0))
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
}
