// Root without being root, for daemons that want many uids of their own: a user namespace in which an ordinary user's
// subordinate ids are mapped (subuid(5)). Real root needs none.

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

const IS_ROOT = process.getuid?.() === 0
const NAMESPACE = ['unshare', '--map-root-user', '--map-auto']

/** The same program as root over 65,536 uids. Its pid stays that of what is started. */
export function asRoot(words: readonly string[]): readonly string[] {
  return IS_ROOT ? words : [...NAMESPACE, ...words]
}

/** Namespaces of one's own besides, as flags of unshare(1). */
export function asRootApart(flags: readonly string[], words: readonly string[]): readonly string[] {
  return [...(IS_ROOT ? ['unshare'] : NAMESPACE), ...flags, ...words]
}

/** Flags of nsenter(1) that go with a process of `asRootApart`. */
export const JOIN_USERS: readonly string[] = IS_ROOT ? [] : ['--user', '--setuid', '0', '--setgid', '0']

/** Why there is no such root; undefined where there is. */
export function missingRoot(): string | undefined {
  const [program = '', ...words] = asRoot(['true'])
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' })
  return status === 0 ? undefined : `needs subordinate uids (apt install uidmap): ${error?.message ?? stderr.trim()}`
}

/** What a program printed to its end. Throws when it fails. */
export function outputAsRoot(words: readonly string[]): Buffer {
  const [program = '', ...rest] = asRoot(words)
  const { status, stdout, stderr, error } = spawnSync(program, rest, { maxBuffer: 1 << 28 })
  if (status !== 0) throw error ?? new Error(`${words.join(' ')}: ${stderr.toString()}`)
  return stdout
}

/** Removes what root has made, whoever owns it. */
export function removeAsRoot(folder: string): void {
  if (!IS_ROOT) outputAsRoot(['rm', '-rf', '--', folder])
  rmSync(folder, { recursive: true, force: true })
}
