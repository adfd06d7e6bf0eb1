// Unbound and BIND as resolvers of somebody who is inside a run: on ports of the run's own loopback, started before the steps,
// and given nothing of the world but `portolan dns hints` and `portolan dns anchor`.

import { existsSync } from 'node:fs'
import { PORTOLAN, skipWithout } from '../portolan.ts'

/** Where a daemon answers, and how it is run: a line of shell that stays in the foreground. */
export interface Daemon {
  readonly ip: string
  readonly port: number
  readonly command: string
  readonly files: Readonly<Record<string, string>>
}

export const NAMED = '/usr/sbin/named'
export const UNBOUND = '/usr/sbin/unbound'
const LOOPBACK = '127.0.0.1'
/** Looks, ten a second, until a daemon answers. */
const LOOKS_MAX = 150

/** Daemons are not where ordinary users look for programs. */
export function skipWithoutDaemons(daemons: readonly string[], ...tools: readonly string[]): string | false {
  const lacking = daemons.filter((daemon) => !existsSync(daemon))
  if (lacking.length > 0 && process.env['CI'] !== 'true') return `needs ${lacking.join(', ')}`
  return skipWithout(...tools)
}

export const skipResolvers = skipWithoutDaemons([NAMED, UNBOUND], 'dig')

/** Asks with dig, once, and waits no longer than a program of the world takes at worst. */
export const DIG = 'dig +time=25 +tries=1'

export interface ResolverOptions {
  readonly port: number
  /** Its folder and the stem of its files. */
  readonly name?: string
  /** Lines over those below, of its `server` or `options`. */
  readonly lines?: readonly string[]
  /** Lines behind those. */
  readonly more?: readonly string[]
}

/** What Unbound blocks by itself (RFC 6303, 6761) is part of this world. */
export function unbound({ port, name = 'unbound', lines = [], more = [] }: ResolverOptions): Daemon {
  const server = [
    'directory: "."',
    'chroot: ""',
    'username: ""',
    'pidfile: ""',
    `interface: 127.0.0.1@${port}`,
    'access-control: 127.0.0.0/8 allow',
    'root-hints: root.hints',
    'trust-anchor-file: root.key',
    'do-daemonize: no',
    'use-syslog: no',
    'logfile: ""',
    'verbosity: 1',
    'val-log-level: 2',
    'do-not-query-localhost: no',
    'local-zone: "test." nodefault',
    'unblock-lan-zones: yes',
    ...lines,
  ]
  const text = ['server:', ...server, 'remote-control:', 'control-enable: no', ...more, ''].join('\n')
  return { ip: LOOPBACK, port, command: `${UNBOUND} -d -c ${name}.conf`, files: { [`${name}.conf`]: text } }
}

export function named({ port, name = 'named', lines = [], more = [] }: ResolverOptions): Daemon {
  const options = [
    `directory "${name}"`,
    'pid-file none',
    'lock-file none',
    'session-keyfile "session.key"',
    `listen-on port ${port} { 127.0.0.1; }`,
    'listen-on-v6 { none; }',
    'recursion yes',
    'dnssec-validation yes',
    'empty-zones-enable no',
    ...lines,
  ]
  const text = [
    `options {\n${options.map((line) => `${line};\n`).join('')}};`,
    'include "../anchors.conf";',
    'zone "." { type hint; file "../root.hints"; };',
    'controls { };',
    ...more,
    '',
  ].join('\n')
  // Its folder holds what it learns of trust anchors.
  return { ip: LOOPBACK, port, command: `${NAMED} -g -c ${name}/conf`, files: { [`${name}/conf`]: text } }
}

export interface WithDaemons {
  readonly within: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

/** For `inside`: `first` is done and the daemons answer before the steps begin; they end with the last. */
export function withDaemons(daemons: readonly Daemon[], first: readonly string[] = []): WithDaemons {
  const begin = [
    `${PORTOLAN} dns hints >root.hints`,
    `${PORTOLAN} dns anchor >root.key`,
    `${PORTOLAN} dns anchor --form bind >anchors.conf`,
  ]
  const script = [
    begin.join(' && '),
    ...first,
    'pids=',
    ...daemons.map(({ command }, at) => `${command} >daemon-${at}.log 2>&1 & pids="$pids $!"`),
    ...daemons.map(waitFor),
    '"$@"; code=$?',
    'kill $pids; wait',
    'exit $code',
    '',
  ].join('\n')
  const files = Object.assign({}, ...daemons.map((daemon) => daemon.files))
  return { within: ['sh', 'with-daemons.sh'], files: { ...files, 'with-daemons.sh': script } }
}

function waitFor({ ip, port }: Daemon, at: number): string {
  const asks = `dig @${ip} -p ${port} +time=1 +tries=1 id.server CH TXT >/dev/null`
  const gives = `cat daemon-${at}.log >&2; kill $pids; exit 1`
  return `looks=0; until ${asks}; do looks=$((looks + 1)); if [ $looks -eq ${LOOKS_MAX} ]; then ${gives}; fi; sleep 0.1; done`
}

export interface Answered {
  readonly status: string
  readonly flags: readonly string[]
  /** Records of its answer section, one space between fields, sorted. */
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
  /** Codes of extended errors (RFC 8914). */
  readonly errors: readonly number[]
}

/** A line of shell that asks all questions of a file, one a line. */
export function digAll(file: string, words: string): string {
  return `${DIG} ${words} -f ${file}`
}

/** What dig printed of the questions of a file, by their lines. */
export function answeredAll(text: string): ReadonlyMap<string, Answered> {
  const parts = text.split(/^; <<>> DiG [^\n]*<<>> /m).slice(1)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')).trim(), answered(part)]))
}

/** What dig printed of one answer. Without any: status `none`. */
export function answered(text: string): Answered {
  return {
    status: /status: (\w+)/.exec(text)?.[1] ?? 'none',
    flags: /;; flags: ([^;]*);/.exec(text)?.[1]?.split(' ') ?? [],
    answer: section(text, 'ANSWER'),
    authority: section(text, 'AUTHORITY'),
    additional: section(text, 'ADDITIONAL'),
    errors: [...text.matchAll(/; EDE: (\d+)/g)].map((found) => Number(found[1])),
  }
}

function section(text: string, title: string): string[] {
  const [, lines = ''] = new RegExp(`;; ${title} SECTION:\\n((?:[^;\\n].*\\n)*)`).exec(text) ?? []
  return lines
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .toSorted()
}
