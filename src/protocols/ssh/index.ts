// SSH: the service, and what tests and the SDK use of it.

import { tcpPorts, type Service } from '../../core/index.ts'
import { openPlace, placeFolders } from '../../shared/places/index.ts'
import { sshConfig, type SshConfig } from './config.ts'
import { startSsh } from './server.ts'

const HEAD = 'SSH-'

const NO_PROGRAMS =
  'exec: real runs programs of this machine for whoever reaches the port, and every local user can reach it here; use portolan run'

export const ssh: Service<SshConfig> = {
  name: 'ssh',
  title: 'remote access: shells, commands, files by SFTP and SCP, forwarding',
  speaksFirst: 'server',
  config: sshConfig,
  detect: (head) => {
    const said = Buffer.from(head.subarray(0, HEAD.length)).toString('latin1')
    if (said.length === HEAD.length) return said === HEAD ? 'yes' : 'no'
    return HEAD.startsWith(said) ? 'more' : 'no'
  },
  ports: ({ port }) => tcpPorts(port, []),
  folders: (config) => placeFolders(config, []),
  refuses: ({ exec }, { programs }) => (exec === 'real' && programs === undefined ? NO_PROGRAMS : undefined),
  start(io, { port: ports, exec, folder, write, quota, files, ...settings }, world) {
    return startSsh(io, {
      ...settings,
      world,
      ports,
      realPrograms: exec === 'real',
      isPlaceShared: folder !== undefined,
      place: (user) => openPlace(world, { folder, write, quota, files }, user.address),
    })
  },
}

export type { SshConfig } from './config.ts'
export { startSsh, type SshServerOptions } from './server.ts'
