// The variables that make runtimes trust an authority where they read no file of the system's: what each of them
// reads, and nothing that only repeats another.

export interface TrustVariable {
  readonly name: string
  readonly value: string
  /** Who reads it. */
  readonly readBy: string
}

/**
 * `bundlePath` holds the system's authorities and ours, `ownPath` ours alone: the first is for variables that replace a
 * runtime's authorities, the second for those that add to them. Java reads no variable: give it the keystore.
 */
export function trustEnvironment(bundlePath: string, ownPath: string): readonly TrustVariable[] {
  return [
    { name: 'SSL_CERT_FILE', value: bundlePath, readBy: 'OpenSSL, Go, rustls, uv, Ruby, PHP, curl, httpx' },
    { name: 'NIX_SSL_CERT_FILE', value: bundlePath, readBy: 'programs built by Nix' },
    { name: 'REQUESTS_CA_BUNDLE', value: bundlePath, readBy: 'Python requests, pip, conda' },
    { name: 'AWS_CA_BUNDLE', value: bundlePath, readBy: 'AWS CLI and SDKs' },
    { name: 'GIT_SSL_CAINFO', value: bundlePath, readBy: 'git with a libcurl of its own' },
    { name: 'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', value: bundlePath, readBy: 'gRPC for C++, Python, Ruby' },
    { name: 'NODE_EXTRA_CA_CERTS', value: ownPath, readBy: 'Node, npm, Bun, Electron' },
    { name: 'DENO_CERT', value: ownPath, readBy: 'Deno' },
  ]
}
