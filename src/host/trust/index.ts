// What a stock program needs to trust the world's authority: what others may use.

export { trustEnvironment, type TrustVariable } from './environment.ts'
export { JAVA_STORE_PASSWORD } from './java-keystore.ts'
export { readSystemTrust, type SystemTrust } from './system-trust.ts'
export { ownPathIn, trustFiles, writeTrustFiles, type TrustFile } from './trust-files.ts'
