// Files as SFTP describes them: attributes, and lines as of `ls -l`. A tree knows no owners: all in it belongs to who
// logged in, by one number.

import type { Changes, FileStat } from '../../../core/files.ts'
import { failure, type Failure } from '../../../core/failure.ts'
import { FILE_TYPE, type Attributes, type NamedFile } from './messages.ts'

/** The first number that Debian gives to a person. */
export const OWNER_ID = 1000
/** The group of that number. */
export const GROUP_NAME = 'users'

const SECONDS_MAX = 0xffff_ffff
const TYPE_LETTERS = { file: '-', folder: 'd', link: 'l' } as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** What is younger is told with its time of day, as `ls` does: half a year. */
const RECENT_MS = (365 * 24 * 60 * 60 * 1000) / 2
/** For reading, writing and executing. */
const MODE_MASK = 0o777

export function attributesOf(stat: FileStat): Attributes {
  return {
    size: stat.size,
    owner: { uid: OWNER_ID, gid: OWNER_ID },
    permissions: FILE_TYPE[stat.kind] | (stat.mode & MODE_MASK),
    times: { accessed: seconds(stat.accessedMs), modified: seconds(stat.modifiedMs) },
  }
}

/** What a client asks to change; giving a file to somebody else is not ours to do. */
export function changesOf(attributes: Attributes): Changes | Failure {
  const { size, owner, permissions, times } = attributes
  if (owner !== undefined && (owner.uid !== OWNER_ID || owner.gid !== OWNER_ID)) {
    return failure('EPERM', 'files cannot be given away')
  }
  return {
    ...(size !== undefined && { size }),
    ...(permissions !== undefined && { mode: permissions & MODE_MASK }),
    ...(times !== undefined && { accessedMs: times.accessed * 1000, modifiedMs: times.modified * 1000 }),
  }
}

/** `-rw-r--r--    1 alice    users        4096 Nov 24 19:28 name`; times in UTC. */
export function namedFile(name: string, stat: FileStat, user: string, wallMs: number): NamedFile {
  const links = String(stat.links).padStart(4)
  const size = String(stat.size).padStart(8)
  const owners = `${user.padEnd(8)} ${GROUP_NAME.padEnd(8)}`
  const longName = `${modeText(stat)} ${links} ${owners} ${size} ${timeText(stat.modifiedMs, wallMs)} ${name}`
  return { name, longName, attributes: attributesOf(stat) }
}

/** `drwxr-xr-x`. */
function modeText(stat: Pick<FileStat, 'kind' | 'mode'>): string {
  const { mode } = stat
  return (
    TYPE_LETTERS[stat.kind] +
    triple(mode >> 6, (mode & 0o4000) !== 0, 's') +
    triple(mode >> 3, (mode & 0o2000) !== 0, 's') +
    triple(mode, (mode & 0o1000) !== 0, 't')
  )
}

function triple(bits: number, special: boolean, letter: string): string {
  const executes = (bits & 1) !== 0
  const last = special ? (executes ? letter : letter.toUpperCase()) : executes ? 'x' : '-'
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`
}

function timeText(ms: number, wallMs: number): string {
  const time = new Date(ms)
  const day = `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)}`
  const isRecent = wallMs - RECENT_MS < ms && wallMs >= ms
  return isRecent
    ? `${day} ${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}`
    : `${day}  ${time.getUTCFullYear()}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

function seconds(ms: number): number {
  return Math.min(Math.max(0, Math.floor(ms / 1000)), SECONDS_MAX)
}
