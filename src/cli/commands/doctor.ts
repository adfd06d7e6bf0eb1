// portolan doctor: tests each need for real, and names the narrow remedy for what is missing.

import { spawnSync } from 'node:child_process'
import { explainBlock } from '../../host/private/blocked.ts'
import { probeNamespaces, UNSHARE_ARGS } from '../../host/private/namespaces.ts'
import { findTool } from '../../host/private/tool.ts'
import { EXIT } from '../exit-codes.ts'
import { say, styled } from '../output.ts'

interface Finding {
  readonly need: string
  /** What works without it is less, but works. */
  readonly optional: boolean
  readonly ok: boolean
  readonly found: string
  readonly remedy?: string
}

export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const findings = [node(), ...(process.platform === 'linux' ? privatePlane() : [notLinux()]), await nativeCalls()]
  if (findings.some((finding) => !finding.ok && !finding.optional)) process.exitCode = EXIT.no
  if (options.json === true) return say(JSON.stringify(findings, null, 2))
  for (const finding of findings) say(describe(finding))
}

function describe(finding: Finding): string {
  const mark = finding.ok
    ? styled('green', 'ok      ')
    : finding.optional
      ? styled('yellow', 'without ')
      : styled('red', 'missing ')
  const remedy = finding.remedy === undefined ? '' : `\n         remedy: ${finding.remedy}`
  return `${mark} ${finding.need}: ${finding.found}${remedy}`
}

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return {
    need: 'Node 24 or later',
    optional: false,
    ok: major >= 24,
    found: process.version,
    ...(major >= 24 ? {} : { remedy: 'npm ci puts a pinned one beside Portolan' }),
  }
}

function notLinux(): Finding {
  return {
    need: 'the private plane (run, exec)',
    optional: true,
    ok: false,
    found: `needs Linux; this is ${process.platform}`,
    remedy: 'portolan up works here',
  }
}

function privatePlane(): Finding[] {
  const blocked = probeNamespaces()
  if (blocked !== undefined) {
    const { block, remedy } = explainBlock(blocked)
    return [
      { need: 'user, network and mount namespaces (run, exec)', optional: false, ok: false, found: block, remedy },
    ]
  }
  return [
    { need: 'user, network and mount namespaces (run, exec)', optional: false, ok: true, found: 'can be made' },
    inside(
      'a pair of veth interfaces',
      'ip link add c1 type veth peer name c2',
      false,
      'the kernel needs the veth module: sudo modprobe veth',
    ),
    inside(
      'overlayfs over /etc (names and trust inside)',
      'mount -t overlay portolan -o lowerdir=/usr:/etc /etc',
      true,
      'without it single files are laid over; Python finds the authority by SSL_CERT_FILE only',
    ),
    nft(),
    inside(
      'any address in IPv6',
      'ip link set lo up && ip -6 route add local ::/0 dev lo table 100',
      true,
      'the kernel was booted without IPv6',
    ),
  ]
}

function nft(): Finding {
  const need = 'nftables (refusals as a network gives them, --catch-all)'
  if (findTool('nft') === undefined)
    return {
      need,
      optional: true,
      ok: false,
      found: 'nft is not installed; the firewall works in-process',
      remedy: 'apt install nftables',
    }
  return inside(
    need,
    'nft add table inet portolan',
    true,
    'the kernel needs the nf_tables module: sudo modprobe nf_tables',
  )
}

/** Runs one line in namespaces that end with it. */
function inside(need: string, line: string, optional: boolean, remedy: string): Finding {
  const result = spawnSync(
    findTool('unshare') ?? 'unshare',
    [...UNSHARE_ARGS, '/bin/sh', '-c', `PATH=/usr/sbin:/sbin:$PATH; ${line}`],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  )
  return result.status === 0
    ? { need, optional, ok: true, found: 'works' }
    : { need, optional, ok: false, found: result.stderr.trim().split('\n')[0] ?? 'fails', remedy }
}

async function nativeCalls(): Promise<Finding> {
  const need = 'native calls through koffi (--catch-all, fastest DNS)'
  try {
    await import('koffi')
    return { need, optional: true, ok: true, found: 'loads' }
  } catch {
    return { need, optional: true, ok: false, found: 'not there for this platform', remedy: 'npm install koffi' }
  }
}
