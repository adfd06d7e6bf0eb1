// The words of SFTP version 3 (draft-ietf-secsh-filexfer-02), for servers, clients and tests alike: requests, replies,
// attributes, numbers. Paths are text without loss (wire/path-text.ts), as the client sent them: relative ones too.

/** draft-ietf-secsh-filexfer-02 §4. */
export const VERSION = 3

/** draft-ietf-secsh-filexfer-02 §3. */
export const MESSAGE = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
  extendedReply: 201,
} as const

/** draft-ietf-secsh-filexfer-02 §6.3. */
export const OPEN = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const

/** draft-ietf-secsh-filexfer-02 §5. */
export const ATTRIBUTE = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x8000_0000 } as const

/** draft-ietf-secsh-filexfer-02 §7. */
export const STATUS = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const

/** The types of files within `permissions`, as of POSIX's st_mode. */
export const FILE_TYPE = { mask: 0o170000, file: 0o100000, folder: 0o040000, link: 0o120000 } as const

/** Each with its version, as a server announces them (OpenSSH's PROTOCOL §4, draft-ietf-secsh-filexfer-extensions-00). */
export const EXTENSIONS = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fstatvfs@openssh.com': '2',
  'hardlink@openssh.com': '1',
  'fsync@openssh.com': '1',
  'lsetstat@openssh.com': '1',
  'limits@openssh.com': '1',
  'expand-path@openssh.com': '1',
  'copy-data': '1',
  'home-directory': '1',
  'users-groups-by-id@openssh.com': '1',
} as const

/** What is left out is not told, or not to be changed. */
export interface Attributes {
  /** Bytes. */
  readonly size?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** With the type of the file, where the sender knows it. */
  readonly permissions?: number
  /** Seconds since 1970-01-01T00:00Z. */
  readonly times?: { readonly accessed: number; readonly modified: number }
}

export interface Init {
  readonly kind: 'init'
  readonly version: number
}

interface OfPath {
  readonly id: number
  readonly path: string
}

interface OfHandle {
  readonly id: number
  readonly handle: Uint8Array
}

interface OfTwoPaths {
  readonly id: number
  readonly from: string
  readonly to: string
}

export type Request =
  | (OfPath & { readonly kind: 'open'; readonly flags: number; readonly attributes: Attributes })
  | (OfHandle & { readonly kind: 'close' | 'fstat' | 'readdir' | 'fstatvfs' | 'fsync' })
  | (OfHandle & { readonly kind: 'read'; readonly offset: number; readonly length: number })
  | (OfHandle & { readonly kind: 'write'; readonly offset: number; readonly data: Uint8Array })
  | (OfHandle & { readonly kind: 'fsetstat'; readonly attributes: Attributes })
  | (OfPath & { readonly kind: 'setstat' | 'lsetstat' | 'mkdir'; readonly attributes: Attributes })
  | (OfPath & { readonly kind: PathKind })
  | (OfTwoPaths & { readonly kind: 'rename' | 'posix-rename' | 'hardlink' })
  /** On the wire the target comes first, as OpenSSH has it, and not as §6.10 says. */
  | (OfPath & { readonly kind: 'symlink'; readonly target: string })
  | { readonly kind: 'limits'; readonly id: number }
  | CopyData
  | { readonly kind: 'home-directory'; readonly id: number; readonly user: string }
  | {
      readonly kind: 'users-groups-by-id'
      readonly id: number
      readonly uids: readonly number[]
      readonly gids: readonly number[]
    }
  | { readonly kind: 'unknown'; readonly id: number }
  /** Its fields do not fit into it. */
  | { readonly kind: 'malformed'; readonly id: number }

type PathKind = 'lstat' | 'stat' | 'opendir' | 'remove' | 'rmdir' | 'realpath' | 'readlink' | 'statvfs' | 'expand-path'

/** draft-ietf-secsh-filexfer-extensions-00 §7. */
export interface CopyData {
  readonly kind: 'copy-data'
  readonly id: number
  readonly from: Uint8Array
  readonly fromOffset: number
  /** Bytes; 0: up to the end. */
  readonly length: number
  readonly to: Uint8Array
  readonly toOffset: number
}

export interface NamedFile {
  readonly name: string
  readonly longName: string
  readonly attributes: Attributes
}

export type Reply =
  | { readonly kind: 'status'; readonly id: number; readonly code: number; readonly message: string }
  | { readonly kind: 'handle'; readonly id: number; readonly handle: Uint8Array }
  | { readonly kind: 'data'; readonly id: number; readonly data: Uint8Array }
  | { readonly kind: 'name'; readonly id: number; readonly files: readonly NamedFile[] }
  | { readonly kind: 'attrs'; readonly id: number; readonly attributes: Attributes }
  | { readonly kind: 'extended-reply'; readonly id: number; readonly body: Uint8Array }

export interface Version {
  readonly kind: 'version'
  readonly version: number
  readonly extensions: ReadonlyMap<string, string>
}
