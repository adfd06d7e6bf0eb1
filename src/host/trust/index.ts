// What a stock program needs to trust the world's authority: what others may use.

export { trustEnvironment } from './environment.ts'
export { readSystemTrust, type SystemTrust } from './system-trust.ts'
export { ownPathIn, trustFiles } from './trust-files.ts'
