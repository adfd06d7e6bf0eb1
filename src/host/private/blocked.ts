// Why namespaces cannot be made here, and the narrowest way to allow them. Reads what the kernel says of itself.

import { existsSync, readFileSync } from 'node:fs'
import type { Blocked } from './namespaces.ts'
import { OWN_UNSHARE } from './tool.ts'

export interface Explanation {
  /** What forbids it, by its own name. */
  readonly block: string
  readonly remedy: string
}

/** The first cause that fits what the kernel says; the tool's own words where none does. */
export function explainBlock(blocked: Blocked): Explanation {
  if (blocked.missing !== undefined) return missingTool(blocked.missing)
  return (
    noNamespaces() ??
    appArmor() ??
    seccomp() ?? {
      block: blocked.words,
      remedy: 'ask whoever runs this machine to allow unprivileged user namespaces to you',
    }
  )
}

function missingTool(tool: string): Explanation {
  const debian = tool === 'ip' ? 'iproute2' : tool === 'mount' ? 'mount' : 'util-linux'
  return { block: `the program ${tool} is not installed`, remedy: `apt install ${debian}` }
}

function noNamespaces(): Explanation | undefined {
  for (const kind of ['user', 'net', 'mnt']) {
    if (setting(`user/max_${kind}_namespaces`) === '0') {
      return {
        block: `the kernel setting user.max_${kind}_namespaces is 0`,
        remedy: `sudo sysctl user.max_${kind}_namespaces=64 (a few worlds' worth; it need not be more)`,
      }
    }
  }
  if (setting('kernel/unprivileged_userns_clone') !== '0') return undefined
  return {
    block: 'the kernel setting kernel.unprivileged_userns_clone is 0',
    remedy: 'sudo sysctl kernel.unprivileged_userns_clone=1 with user.max_user_namespaces=64 beside it',
  }
}

function appArmor(): Explanation | undefined {
  if (setting('kernel/apparmor_restrict_unprivileged_userns') !== '1') return undefined
  const profile = `abi <abi/4.0>, profile portolan ${OWN_UNSHARE} flags=(unconfined) { userns, }`
  return {
    block: 'AppArmor allows user namespaces to named programs only (kernel.apparmor_restrict_unprivileged_userns is 1)',
    remedy:
      `give Portolan a copy of unshare of its own and name that: sudo install -D /usr/bin/unshare ${OWN_UNSHARE}; ` +
      `echo '${profile}' | sudo tee /etc/apparmor.d/portolan; sudo apparmor_parser -r /etc/apparmor.d/portolan`,
  }
}

function seccomp(): Explanation | undefined {
  const filtered = /^Seccomp:\s*2/m.test(read('/proc/self/status'))
  const contained = existsSync('/.dockerenv') || existsSync('/run/.containerenv')
  if (!filtered && !contained) return undefined
  return {
    block: "this container's seccomp profile forbids unshare(2)",
    remedy:
      'start this one container with a profile that allows unshare, setns and mount (docker run --security-opt seccomp=FILE)',
  }
}

function setting(name: string): string {
  return read(`/proc/sys/${name}`).trim()
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
