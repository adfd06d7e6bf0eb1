// The world of the SSH tests: hosts that answer by themselves and one that runs real programs, users who come by password, by
// key and by a code besides, and how stock clients are told who they are.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder, type InsideOptions } from '../inside.ts'
import { skipWithout } from '../portolan.ts'

/** Base32, as authenticator programs read it. */
export const CODE_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

/** Alice's keys, one of each kind, in every folder of steps. */
const KEYS = ['ed25519', 'ecdsa', 'rsa'] as const

export const skipSsh = (...programs: readonly string[]): string | false => skipWithout('ssh', 'ssh-keygen', ...programs)

/** What a step puts before the name of a host: as Alice by her key, and nothing is ever asked. */
export const SSH = 'ssh -F ssh_config'
export const SFTP = 'sftp -q -F ssh_config'
export const SCP = 'scp -q -F ssh_config'

/** The same without a key: one is named by `-i`. */
export const BARE = 'ssh -F bare_config'

const BARE_CONFIG = `Host *
  User alice
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking yes
  UserKnownHostsFile /dev/null
  ConnectTimeout 10
  LogLevel ERROR
`

export interface SshWorldOptions extends InsideOptions {
  /** Settings of the hosts' ssh service, as YAML: `limits: { ... }`. */
  readonly settings?: string
  /** Further lines of the world file. */
  readonly more?: string
}

/** Options of `inside`: the world, and keys and settings of clients in the folder of the steps. */
export function sshWorld({ settings = '', more = '', files = {}, ...options }: SshWorldOptions = {}): InsideOptions {
  const keys = madeKeys()
  return {
    world: worldText(keys, settings, more),
    files: { bare_config: BARE_CONFIG, ...files },
    ...options,
    site: (folder) => {
      for (const kind of KEYS) {
        for (const end of ['', '.pub']) copyFileSync(join(keys, `id_${kind}${end}`), join(folder, `id_${kind}${end}`))
      }
      writeFileSync(join(folder, 'ssh_config'), `${BARE_CONFIG}  IdentityFile ${join(folder, 'id_ed25519')}\n`)
      // What ssh-copy-id and rsync look for in a HOME.
      mkdirSync(join(folder, '.ssh'), { mode: 0o700 })
      options.site?.(folder)
    },
  }
}

function worldText(keys: string, settings: string, more: string): string {
  const publicKeys = KEYS.map((kind) => `      - ${readFileSync(join(keys, `id_${kind}.pub`), 'utf8').trim()}\n`)
  return `domains:
  harbor.test: {}
hosts:
  ns.harbor.test: dns
  www.harbor.test: http
  files.harbor.test:
    aliases: [harbor.test]
    services:
      - ssh: { ${settings} }
  jump.harbor.test: ssh
  dev.harbor.test:
    services:
      - ssh: { exec: real }
  laptop: { client: true }
users:
  alice@harbor.test:
    password: alice
    keys:
${publicKeys.join('')}  bob@harbor.test: { password: bob }
  carol@harbor.test:
    password: carol
    one-time-code: ${CODE_SECRET}
    keys: ${readFileSync(join(keys, 'id_rsa.pub'), 'utf8').trim()}
${more}`
}

let made: string | undefined

/** Made once for each test file: an RSA key takes a while. */
function madeKeys(): string {
  if (made !== undefined) return made
  made = newFolder()
  for (const kind of KEYS) {
    const words = ['-q', '-t', kind, '-N', '', '-C', kind, '-f', join(made, `id_${kind}`)]
    const { status, stderr } = spawnSync('ssh-keygen', words, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`)
  }
  return made
}

/** A program that answers what ssh asks, by the prompt: `{ 'Password:': 'carol' }`. The answers are shell. */
export function writeAskpass(path: string, answers: Readonly<Record<string, string>>): void {
  const cases = Object.entries(answers).map(([part, answer]) => `*${JSON.stringify(part)}*) ${answer};;`)
  writeFileSync(path, `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\n*) exit 1;;\nesac\n`, { mode: 0o755 })
}
