// What a session did with files, one value for each thing that matters to who reads the record. Looking at what is there
// (stat, realpath) does not.

export interface FileOperation {
  readonly kind:
    | 'read'
    | 'write'
    | 'list'
    | 'make-folder'
    | 'remove-folder'
    | 'remove'
    | 'rename'
    | 'link'
    | 'symlink'
    | 'change'
  /** Absolute within the tree, as the client named it. */
  readonly path: string
  /** The new name of `rename` and `link`, the target of `symlink`. */
  readonly to?: string
  /** Of the content that went over the channel, with `read` and `write`. */
  readonly bytes?: number
  /** `done`; `interrupted`: the peer went away meanwhile; else the code of errno(3) that it failed with. */
  readonly outcome: string
}

export type LogOperation = (operation: FileOperation) => void
