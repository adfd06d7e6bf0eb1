// A chronyd of one's own within a run: it leaves the clock alone, is asked over a socket in its folder, and ends when it has seen
// what a test waits for.

import { existsSync } from 'node:fs'
import { skipWithout } from '../portolan.ts'

export interface ChronydOptions {
  /** Lines of chrony.conf(5). */
  readonly lines: readonly string[]
  /** Lines of its file of keys. */
  readonly keys?: readonly string[]
  /** Looked for, each in what `shows` prints, until all are there: patterns of grep -E. */
  readonly until: readonly string[]
}

const CHRONYD = '/usr/sbin/chronyd'
/** Where a run has the authority of its world. */
export const AUTHORITY = '/etc/ssl/certs/portolan-authority.pem'
/** Looks, ten a second: far more than eight questions two seconds apart take. */
const LOOKS_MAX = 120

/** chronyd is not where ordinary users look for programs. */
export const skip =
  skipWithout('chronyc', 'ntpdig') || (existsSync(CHRONYD) || process.env['CI'] === 'true' ? false : `needs ${CHRONYD}`)

/** A line of shell: what chronyc says when all patterns are found, and what chronyd logged when they are not. */
export function chronyd(name: string, { lines, keys = [], until }: ChronydOptions): string {
  const folder = `"$PWD/${name}"`
  const config = [
    ...lines,
    'cmdport 0',
    `bindcmdaddress $PWD/${name}/sock`,
    `pidfile $PWD/${name}/pid`,
    `keyfile $PWD/${name}/keys`,
    'user $(id -un)',
  ]
  const shows = ['sources', 'ntpdata', 'authdata', 'tracking'].map((word) => `chronyc -h ${folder}/sock -n ${word}`)
  const found = until.map((pattern) => `printf '%s' "$shown" | grep -qE '${pattern}'`)
  return [
    `mkdir -m 700 ${folder}`,
    `cat >${folder}/conf <<END\n${config.join('\n')}\nEND`,
    `cat >${folder}/keys <<END\n${keys.join('\n')}\nEND`,
    `${CHRONYD} -x -U -d -f ${folder}/conf >${folder}/log 2>&1 & daemon=$!`,
    `looks=0`,
    `while [ $looks -lt ${LOOKS_MAX} ]; do shown=$( { ${shows.join('; ')}; } 2>&1 )`,
    `if ${found.join(' && ')}; then break; fi; looks=$((looks + 1)); sleep 0.1; done`,
    `kill $daemon; wait $daemon; printf '%s\\n' "$shown"`,
    `if [ $looks -eq ${LOOKS_MAX} ]; then cat ${folder}/log >&2; exit 1; fi`,
  ].join('\n')
}
