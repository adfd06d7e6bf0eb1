// A disk of a few megabytes that a program has for itself, in namespaces of its own.

import { spawnSync } from 'node:child_process'

const NAMESPACES = ['--user', '--map-root-user', '--mount']
const MOUNT = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" "$4" "$2"'

/** Why there can be none here. */
export const skipSmallDisk =
  spawnSync('unshare', [...NAMESPACES, 'true']).status === 0 ? false : 'no user namespaces here'

/** For `spawn('unshare', ...)`: runs a module of ours with such a disk, mounted with these options, over the folder that it is told. */
export function onSmallDisk(options: string, folder: string, module: string): string[] {
  return [...NAMESPACES, 'sh', '-c', MOUNT, 'sh', options, folder, process.execPath, module]
}
