// Policy files that make browsers trust a further authority. Browsers keep trust stores of their own and read neither
// the system's bundle nor variables.

export interface PolicyFile {
  readonly path: string
  readonly contents: string
}

/**
 * Folders of the Chromium family. Seen to work with Chromium 156 on Debian 12: the `CACertificates` policy suffices, and it
 * honours the name constraints inside the certificate, so no NSS database in the home folder has to be written.
 */
const CHROMIUM_FOLDERS = [
  '/etc/chromium/policies/managed',
  '/etc/chromium-browser/policies/managed',
  '/etc/opt/chrome/policies/managed',
  '/etc/opt/edge/policies/managed',
  '/etc/brave/policies/managed',
] as const

/** Read by Firefox and Firefox ESR on Linux, before the policies in their own folder. */
const FIREFOX_FILE = '/etc/firefox/policies/policies.json'

const POLICY_NAME = 'portolan.json'

export function chromiumPolicies(authority: Uint8Array): readonly PolicyFile[] {
  const contents = jsonOf({ CACertificates: [Buffer.from(authority).toString('base64')] })
  return CHROMIUM_FOLDERS.map((folder) => ({ path: `${folder}/${POLICY_NAME}`, contents }))
}

/** `authorityPath` is where the authority's PEM file stands when Firefox starts. */
export function firefoxPolicy(authorityPath: string): PolicyFile {
  return { path: FIREFOX_FILE, contents: jsonOf({ policies: { Certificates: { Install: [authorityPath] } } }) }
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
