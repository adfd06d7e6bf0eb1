// The keys by which hosts prove themselves over SSH. Two of them are derived from the world's secret, so that who serves
// and who publishes need not speak with one another; a third cannot be, and is made once for each world.

export { derivedHostKeys, rsaHostKey } from './host-keys.ts'
export { generateRsaHostKey } from './rsa.ts'
export { knownHostsLine, sshfpRecords } from './publish.ts'
export { sshBlob, sshMpint, sshString } from './blob.ts'
