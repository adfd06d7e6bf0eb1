// A tree that others may write, for those who may not.

import { failure, isFailure, type Failure, type Tree } from '../../core/index.ts'

/** The same files; every change fails with `EROFS`. */
export function readOnly(tree: Tree): Tree {
  if (!tree.writable) return tree
  return {
    writable: false,
    root: tree.root,
    stat: (path) => tree.stat(path),
    lstat: (path) => tree.lstat(path),
    open: (path) => tree.open(path),
    list: (path) => tree.list(path),
    entries: (path) => tree.entries(path),
    resolve: (path) => tree.resolve(path),
    readLink: (path) => tree.readLink(path),
    interrupted: (path) => tree.interrupted(path),
    space: async () => {
      const space = await tree.space()
      return isFailure(space) ? space : { ...space, bytesFree: 0, filesFree: 0 }
    },
    recount: () => tree.recount(),
    upload: refuse,
    edit: refuse,
    change: refuse,
    makeFolder: refuse,
    removeFolder: refuse,
    removeFile: refuse,
    rename: refuse,
    link: refuse,
    symlink: refuse,
  }
}

async function refuse(): Promise<Failure> {
  return failure('EROFS', 'this tree is read-only')
}
