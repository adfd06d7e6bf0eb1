// FTP's vocabulary (RFC 959, 1123, 2228, 2389, 2428, 2640, 3659, 4217, 7151): commands, replies, facts and limits. No
// parsing, no I/O. Names and all other text are as wire/path-text.ts makes them of bytes.

/** RFC 959 §8, and the registered port for TLS from the first byte. */
export const FTP_PORT = 21
export const FTPS_PORT = 990

/** A command with its end: the longest path of Linux (PATH_MAX, 4,096), and RFC 5321's line of 512 octets for the rest. */
export const COMMAND_LINE_MAX_BYTES = 4_608
/** Commands in a row that cannot be obeyed; then the connection closes. Dovecot's CLIENT_MAX_BAD_COMMANDS. */
export const BAD_COMMANDS_MAX = 20

/**
 * What stands behind each command: nothing, a path (which may be left out with `path?`), or a text of its own form. A
 * `word` loses the spaces around it, a path does not (RFC 3659 §2.2).
 */
export const VERBS = {
  ABOR: 'none',
  ACCT: 'text',
  ALLO: 'text',
  APPE: 'path',
  AUTH: 'word',
  CCC: 'none',
  CDUP: 'none',
  CWD: 'path',
  DELE: 'path',
  EPRT: 'word',
  EPSV: 'word?',
  FEAT: 'none',
  HELP: 'word?',
  HOST: 'word',
  LANG: 'word?',
  LIST: 'path?',
  MDTM: 'path',
  MFMT: 'path',
  MKD: 'path',
  MLSD: 'path?',
  MLST: 'path?',
  MODE: 'word',
  NLST: 'path?',
  NOOP: 'word?',
  OPTS: 'word',
  PASS: 'text',
  PASV: 'none',
  PBSZ: 'word',
  PORT: 'word',
  PROT: 'word',
  PWD: 'none',
  QUIT: 'none',
  REIN: 'none',
  REST: 'word',
  RETR: 'path',
  RMD: 'path',
  RNFR: 'path',
  RNTO: 'path',
  SITE: 'path',
  SIZE: 'path',
  SMNT: 'path',
  STAT: 'path?',
  STOR: 'path',
  STOU: 'path?',
  STRU: 'word',
  SYST: 'none',
  TYPE: 'word',
  USER: 'word',
} as const satisfies Readonly<Record<string, 'none' | 'path' | 'path?' | 'text' | 'word' | 'word?'>>

export type Verb = keyof typeof VERBS

/** Other words for the same (RFC 1123 §4.1.3.1, RFC 775). */
export const OTHER_WORDS: Readonly<Record<string, Verb>> = {
  XCUP: 'CDUP',
  XCWD: 'CWD',
  XMKD: 'MKD',
  XPWD: 'PWD',
  XRMD: 'RMD',
}

export interface Command {
  readonly kind: 'command'
  readonly verb: Verb
  /** `''`: none. */
  readonly argument: string
}

/** A line that is no command, and what to say of it: 500 no such command, 501 its argument is wrong (RFC 959 §4.2). */
export interface BadCommand {
  readonly kind: 'bad'
  readonly code: 500 | 501
  readonly reason: string
}

export interface Reply {
  /** 100 to 599. */
  readonly code: number
  /** One at least. */
  readonly lines: readonly string[]
}

/** RFC 959 §3.1.1: ASCII Non-print, and image; `L 8` is image. */
export type TransferType = 'A' | 'I'

/** Clear or Private (RFC 2228 §3, RFC 4217 §9). */
export type Protection = 'C' | 'P'

/** A data address as PORT and EPRT name it. */
export interface DataAddress {
  readonly ip: string
  readonly port: number
}

/** The facts that are told (RFC 3659 §7.5, §8.2), in their order. */
export const FACTS = ['type', 'size', 'modify', 'perm', 'unique', 'unix.mode'] as const
export type Fact = (typeof FACTS)[number]

/** One line of MLSD or MLST. */
export interface FactLine {
  /** By name in lower case; values as they were sent. */
  readonly facts: ReadonlyMap<string, string>
  readonly name: string
}
