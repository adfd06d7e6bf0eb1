// The files that stock programs read to learn whom to trust, with one more authority in them. Which of them are laid
// over which place is the plane's matter; nothing here touches the system's own.

import { join } from 'node:path'
import { decodeCertificate, decodePem, opensslNameHash } from '../../shared/x509/index.ts'
import { chromiumPolicies, firefoxPolicy } from './browser-policy.ts'
import { encodeJavaKeystore } from './java-keystore.ts'
import type { LaidFile } from '../laid-files.ts'
import type { SystemTrust } from './system-trust.ts'

const OWN_FILE = 'portolan-authority.pem'

/** Where `trustFiles` puts the authority's own certificate. */
export function ownPathIn(system: SystemTrust): string {
  return join(system.folderPath, OWN_FILE)
}

/**
 * Every file that must be seen for a program to trust `authorityPem` besides what `system` trusts: bundles (OpenSSL,
 * GnuTLS, Go), a hashed name (OpenSSL), the Java keystore, policies (Chromium, Firefox).
 */
export function trustFiles(authorityPem: string, system: SystemTrust): readonly LaidFile[] {
  const authority = decodePem(authorityPem, 'CERTIFICATE')[0]
  if (!authority) throw new TypeError('the authority is no PEM certificate')
  return [
    ...bundles(authorityPem, system),
    { path: ownPathIn(system), contents: authorityPem },
    ...hashedName(authority, authorityPem, system),
    ...javaStore(authority, system),
    ...chromiumPolicies(authority),
    firefoxPolicy(ownPathIn(system)),
  ]
}

function bundles(authorityPem: string, system: SystemTrust): readonly LaidFile[] {
  const gap = system.bundlePem === '' || system.bundlePem.endsWith('\n') ? '' : '\n'
  const contents = `${system.bundlePem}${gap}${authorityPem}`
  return system.bundlePaths.map((path) => ({ path, contents }))
}

/** The number after the dot tells apart subjects with the same hash. */
function hashedName(authority: Uint8Array, contents: string, system: SystemTrust): readonly LaidFile[] {
  const certificate = decodeCertificate(authority)
  const hash = certificate && opensslNameHash(certificate.subject)
  if (hash === undefined) throw new TypeError('the authority is no X.509 certificate')
  let number = 0
  while (system.folderNames.includes(`${hash}.${number}`)) number++
  return [{ path: join(system.folderPath, `${hash}.${number}`), contents }]
}

function javaStore(authority: Uint8Array, system: SystemTrust): readonly LaidFile[] {
  if (system.javaStorePath === undefined) return []
  const certificate = decodeCertificate(authority)
  const trusted = [...decodePem(system.bundlePem, 'CERTIFICATE'), authority]
  return [{ path: system.javaStorePath, contents: encodeJavaKeystore(trusted, certificate?.notBeforeMs ?? 0) }]
}
