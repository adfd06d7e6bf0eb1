// A world on a small disk, in a process and namespaces of its own: `node ftp-disk-child FOLDER`. Says where its FTP server is.

import { isConfigError, isFailure } from '../../src/core/failure.ts'
import { assembleOnLoopback } from '../../src/net/host-world.ts'
import { freePlacement } from '../../src/net/loopback.ts'
import { resolveWorld } from '../../src/net/world/index.ts'
import { ftp } from '../../src/protocols/ftp/index.ts'
import { ftpData, HOST } from './ftp.ts'

const [stateFolder] = process.argv.slice(2)
if (stateFolder === undefined) throw new Error('no folder')
const services = [ftp]
const world = resolveWorld(ftpData(), { services, folder: stateFolder, folderExists: () => true })
if (isConfigError(world)) throw new Error(world.problems.map(({ message }) => message).join('; '))
const assembly = await assembleOnLoopback({ world, services, placement: freePlacement(), stateFolder })
if (isFailure(assembly)) throw new Error(assembly.message)
const { bindings } = await assembly.start()
const served = bindings.find(({ host, known }) => host === HOST && known.port === 21 && !known.ip.includes(':'))
if (served === undefined || isFailure(served.bound)) throw new Error('no port for FTP')
console.log(JSON.stringify(served.bound))
