// The requests of the dialogue that sftp-server and a host of a world are both asked (draft-ietf-secsh-filexfer-02, and
// OpenSSH's PROTOCOL for what it adds).

/** A number is 32 bits; `handle` names the request that was answered by it. Text is Latin-1. */
export type Field =
  | number
  | { readonly text: string }
  | { readonly handle: string }
  | { readonly u64: number }
  | { readonly raw: string }

export interface Request {
  readonly name: string
  readonly type: number
  readonly fields: readonly Field[]
}

const OPEN = 3
const CLOSE = 4
const READ = 5
const WRITE = 6
const LSTAT = 7
const FSTAT = 8
const SETSTAT = 9
const FSETSTAT = 10
const OPENDIR = 11
const READDIR = 12
const REMOVE = 13
const MKDIR = 14
const RMDIR = 15
const REALPATH = 16
const STAT = 17
const RENAME = 18
const READLINK = 19
const SYMLINK = 20
const EXTENDED = 200

/** Flags of OPEN. */
const [R, W, APPEND, CREATE, TRUNCATE, EXCLUSIVE] = [1, 2, 4, 8, 16, 32]
/** Attributes: none; a mode; times. */
const NONE = 0
const mode = (bits: number): readonly Field[] => [4, bits]
const TIMES: readonly Field[] = [8, 1_000_000_000, 1_000_000_001]

const text = (value: string): Field => ({ text: value })
const handle = (value: string): Field => ({ handle: value })

function ask(name: string, type: number, ...fields: readonly Field[]): Request {
  return { name, type, fields }
}

const open = (name: string, path: string, flags: number, ...attributes: readonly Field[]): Request =>
  ask(name, OPEN, text(path), flags, ...(attributes.length === 0 ? [NONE] : attributes))

export const DIALOGUE: readonly Request[] = [
  ask('root', REALPATH, text('.')),
  ask('real of nothing', REALPATH, text('no/thing')),
  ask('real with dots', REALPATH, text('./a/../b')),
  ask('real of an empty name', REALPATH, text('')),
  ask('mkdir', MKDIR, text('d'), ...mode(0o750)),
  ask('mkdir again', MKDIR, text('d'), NONE),
  ask('mkdir in nothing', MKDIR, text('no/thing'), NONE),
  ask('stat a folder', STAT, text('d')),
  open('made', 'd/f', W | CREATE | TRUNCATE, ...mode(0o640)),
  ask('writes', WRITE, handle('made'), { u64: 0 }, text('0123456789')),
  ask('writes behind', WRITE, handle('made'), { u64: 20 }, text('end')),
  ask('stat of what is open', FSTAT, handle('made')),
  ask('reads what it may only write', READ, handle('made'), { u64: 0 }, 10),
  ask('closes', CLOSE, handle('made')),
  ask('closes again', CLOSE, handle('made')),
  ask('stat', STAT, text('d/f')),
  open('read', 'd/f', R),
  ask('reads', READ, handle('read'), { u64: 0 }, 100),
  ask('reads a part', READ, handle('read'), { u64: 3 }, 4),
  ask('reads at the end', READ, handle('read'), { u64: 23 }, 10),
  ask('reads nothing', READ, handle('read'), { u64: 0 }, 0),
  ask('writes what it may only read', WRITE, handle('read'), { u64: 0 }, text('no')),
  ask('lists a file', READDIR, handle('read')),
  ask('closes the read one', CLOSE, handle('read')),
  ask('reads a closed one', READ, handle('read'), { u64: 0 }, 1),
  open('open nothing', 'd/nothing', R),
  open('open in a file', 'd/f/g', R),
  open('exclusive over a file', 'd/f', W | CREATE | EXCLUSIVE),
  open('write without create', 'd/nothing', W),
  open('write a folder', 'd', W),
  open('appends', 'd/f', W | APPEND),
  ask('writes at the end', WRITE, handle('appends'), { u64: 0 }, text('more')),
  ask('closes the appended', CLOSE, handle('appends')),
  ask('stat of the appended', STAT, text('d/f')),
  open('both', 'd/f', R | W),
  ask('writes in place', WRITE, handle('both'), { u64: 1 }, text('XY')),
  ask('reads in place', READ, handle('both'), { u64: 0 }, 5),
  ask('changes what is open', FSETSTAT, handle('both'), ...mode(0o600)),
  ask('cuts what is open', FSETSTAT, handle('both'), 1, { u64: 4 }),
  ask('syncs', EXTENDED, text('fsync@openssh.com'), handle('both')),
  ask('closes both', CLOSE, handle('both')),
  ask('sets times', SETSTAT, text('d/f'), ...TIMES),
  ask('stat with times', STAT, text('d/f')),
  ask('sets nothing of nothing', SETSTAT, text('d/nothing'), ...mode(0o600)),
  ask('symlink', SYMLINK, text('f'), text('d/link')),
  ask('symlink again', SYMLINK, text('f'), text('d/link')),
  ask('readlink', READLINK, text('d/link')),
  ask('readlink of a file', READLINK, text('d/f')),
  ask('lstat of a link', LSTAT, text('d/link')),
  ask('stat through a link', STAT, text('d/link')),
  ask('lstat of nothing', LSTAT, text('d/nothing')),
  ask('hardlink', EXTENDED, text('hardlink@openssh.com'), text('d/f'), text('d/hard')),
  ask('hardlink over one', EXTENDED, text('hardlink@openssh.com'), text('d/f'), text('d/hard')),
  ask('rename', RENAME, text('d/hard'), text('d/renamed')),
  ask('rename over one', RENAME, text('d/renamed'), text('d/f')),
  ask('rename nothing', RENAME, text('d/nothing'), text('d/else')),
  ask('posix-rename over one', EXTENDED, text('posix-rename@openssh.com'), text('d/renamed'), text('d/link')),
  ask('lsetstat', EXTENDED, text('lsetstat@openssh.com'), text('d/f'), ...mode(0o644)),
  ask('opendir', OPENDIR, text('d')),
  ask('readdir', READDIR, handle('opendir')),
  ask('readdir at the end', READDIR, handle('opendir')),
  ask('stat of a folder handle', FSTAT, handle('opendir')),
  ask('reads a folder', READ, handle('opendir'), { u64: 0 }, 1),
  ask('closes the folder', CLOSE, handle('opendir')),
  ask('opendir of nothing', OPENDIR, text('nothing')),
  ask('opendir of a file', OPENDIR, text('d/f')),
  ask('limits', EXTENDED, text('limits@openssh.com')),
  ask('statvfs of nothing', EXTENDED, text('statvfs@openssh.com'), text('nothing')),
  ask('expand-path', EXTENDED, text('expand-path@openssh.com'), text('d/../d/f')),
  ask('unknown extension', EXTENDED, text('nothing@harbor.test')),
  ask('rmdir of a full one', RMDIR, text('d')),
  ask('rmdir of a file', RMDIR, text('d/f')),
  ask('remove a folder', REMOVE, text('d')),
  ask('remove', REMOVE, text('d/f')),
  ask('remove again', REMOVE, text('d/f')),
  ask('remove a link', REMOVE, text('d/link')),
  ask('rmdir', RMDIR, text('d')),
  ask('rmdir again', RMDIR, text('d')),
  ask('odd handle', CLOSE, text('nonsense')),
]
