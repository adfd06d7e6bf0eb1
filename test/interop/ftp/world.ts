// The worlds of these tests: who serves what, and what programs are told so that they ask nothing and wait for nothing.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { skipWithout } from '../portolan.ts'

export const HOST = 'files.harbor.test'
/** Takes data connections that take up no TLS session. */
export const LENIENT = 'lenient.harbor.test'
/** Serves its folder to everybody, to read. */
export const SHELF = 'shelf.harbor.test'
export const LOGIN = 'alice:alice'

export interface FtpWorld {
  /** Lines of YAML at the end. */
  readonly more?: string
  /** Of `files`, the folder that its users share. Default: `./site`. */
  readonly folder?: string
}

/** A world file: three hosts with files, of which the first shares a folder of this machine with its users. */
export function ftpWorld({ more = '', folder = './site' }: FtpWorld = {}): string {
  return `portolan: 1
domains:
  harbor.test: {}
hosts:
  ns.harbor.test: [dns]
  ${HOST}:
    services:
      - ftp: { folder: ${folder}, write: true, anonymous: false }
      - http
  ${LENIENT}:
    services:
      - ftp: { session-reuse: any }
  ${SHELF}:
    services:
      - ftp: { anonymous: { folder: ./shelf } }
  laptop: { client: true }
  desktop: { client: true }
users:
  alice@harbor.test: { password: alice }
${more}`
}

/** The folders that the world file names. */
export function layFolders(folder: string): void {
  for (const name of ['site', 'shelf']) mkdirSync(join(folder, name))
}

/** For lftp: no waits, no questions, and no more attempts than one. */
const LFTP_SETTINGS =
  'set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 10; set net:reconnect-interval-base 1; set cmd:interactive no; set ftp:sync-mode no; set xfer:clobber yes'

/** A line of shell that runs lftp's commands on the first host. */
export function lftp(commands: string, { tls = false, host = HOST } = {}): string {
  const security = tls
    ? 'set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ftp:ssl-protect-list yes'
    : 'set ftp:ssl-allow no'
  const open = `open -u ${LOGIN.replace(':', ',')} ftp://${host}`
  return `lftp -c ${quoted(`${LFTP_SETTINGS}; ${security}; ${open}; ${commands}`)}`
}

/** One word for sh(1). */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export function skipFtp(...programs: readonly string[]): string | false {
  return skipWithout(...programs)
}
