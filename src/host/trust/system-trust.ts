// Where this machine keeps the authorities it trusts. Reads only.

import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

export interface SystemTrust {
  /** Every bundle file that exists, links followed; the first is the one that is read. */
  readonly bundlePaths: readonly string[]
  /** The bundle's text; empty when there is none. */
  readonly bundlePem: string
  /** OpenSSL's folder of hashed names. */
  readonly folderPath: string
  readonly folderNames: readonly string[]
  /** The keystore of the system's Java, where there is one. */
  readonly javaStorePath: string | undefined
}

/** Where Go, OpenSSL, GnuTLS and curl look on one distribution or another, Debian's first. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const

const FOLDERS = ['/etc/ssl/certs', '/etc/pki/tls/certs'] as const

const JAVA_STORES = [
  '/etc/ssl/certs/java/cacerts',
  '/etc/pki/ca-trust/extracted/java/cacerts',
  '/etc/pki/java/cacerts',
] as const

export function readSystemTrust(): SystemTrust {
  const bundlePaths = [...new Set(BUNDLES.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
  const folderPath = FOLDERS.find((path) => existsSync(path)) ?? FOLDERS[0]
  const javaStore = JAVA_STORES.find((path) => existsSync(path))
  return {
    bundlePaths: bundlePaths.length > 0 ? bundlePaths : [BUNDLES[0]],
    bundlePem: bundlePaths[0] === undefined ? '' : textOf(bundlePaths[0]),
    folderPath,
    folderNames: namesIn(folderPath),
    javaStorePath: javaStore ?? (existsSync(dirname(JAVA_STORES[0])) ? JAVA_STORES[0] : undefined),
  }
}

/** What cannot be read counts as empty: the world's own authority is then the only one. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
