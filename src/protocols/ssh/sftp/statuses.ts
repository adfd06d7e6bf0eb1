// What the codes of errno(3) become in SFTP, and the words that go with them: as OpenSSH's sftp-server has both, but for
// EROFS, which it never meets in its own way of not writing.

import { isFailure, type Failure } from '../../../core/failure.ts'
import { STATUS, type Reply } from './messages.ts'

const BY_CODE: ReadonlyMap<string, number> = new Map([
  ['ENOENT', STATUS.noSuchFile],
  ['ENOTDIR', STATUS.noSuchFile],
  ['EBADF', STATUS.noSuchFile],
  ['ELOOP', STATUS.noSuchFile],
  ['EPERM', STATUS.permissionDenied],
  ['EACCES', STATUS.permissionDenied],
  ['EROFS', STATUS.permissionDenied],
  ['ENAMETOOLONG', STATUS.badMessage],
  ['EINVAL', STATUS.badMessage],
  ['ENOSYS', STATUS.unsupported],
  ['EOPNOTSUPP', STATUS.unsupported],
  ['ENOTSUP', STATUS.unsupported],
])

/** By the number of the status. */
const MESSAGES = [
  'Success',
  'End of file',
  'No such file',
  'Permission denied',
  'Failure',
  'Bad message',
  'No connection',
  'Connection lost',
  'Operation unsupported',
] as const

export function status(id: number, code: number, message = MESSAGES[code] ?? 'Unknown error'): Reply {
  return { kind: 'status', id, code, message }
}

export function ok(id: number): Reply {
  return status(id, STATUS.ok)
}

export function failed(id: number, failure: Failure): Reply {
  return status(id, BY_CODE.get(failure.code) ?? STATUS.failure)
}

/** For what either is done or failed. */
export function done(id: number, outcome: Failure | undefined): Reply {
  return isFailure(outcome) ? failed(id, outcome) : ok(id)
}
