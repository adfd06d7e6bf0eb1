// FTP: the service, and what tests and the SDK use of it.

import { tcpPorts, type Service } from '../../core/index.ts'
import { placeFolders } from '../../shared/places/index.ts'
import { ftpConfig, type FtpConfig } from './config.ts'
import { startFtp } from './server.ts'
import { worldPolicy } from './world-policy.ts'

export const ftp: Service<FtpConfig> = {
  name: 'ftp',
  title: 'files by FTP, plain with AUTH TLS and with TLS',
  speaksFirst: 'server',
  config: ftpConfig,
  ports: ({ port, securePort }) => tcpPorts(port, securePort),
  agreedPorts: ({ passivePorts }) => [{ ...passivePorts, what: 'passive data ports' }],
  folders: ({ place, anonymous }) => [
    ...placeFolders(place, []),
    ...(anonymous === false ? [] : placeFolders(anonymous, ['anonymous'])),
  ],
  start(io, config, world) {
    const { port, securePort, passivePorts, tls, sessionReuse, limits } = config
    return startFtp(io, {
      host: world.host.name,
      policy: worldPolicy(world, config),
      ports: port,
      securePorts: securePort,
      passivePorts,
      tlsRequired: tls === 'require',
      sessionReuse,
      limits,
      secret: world.secret,
    })
  },
}

export * from './client/index.ts'
export * from './codec/index.ts'
export type { FtpConfig } from './config.ts'
export { describeCommand, describeReply } from './describe.ts'
export type { Command, DataAddress, Fact, FactLine, Reply, Verb } from './messages.ts'
export type { FtpPolicy, Phase } from './policy.ts'
export { startFtp, type FtpServerOptions } from './server.ts'
