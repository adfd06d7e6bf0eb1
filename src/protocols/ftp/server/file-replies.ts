// What a client is told of a file operation that failed. Texts are those of vsftpd where clients look at them.

import type { Failure } from '../../../core/index.ts'
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied.',
  EPERM: 'Permission denied.',
  EROFS: 'Permission denied: this place is read-only.',
  ENOENT: 'No such file or directory.',
  ENOTDIR: 'Not a directory.',
  EISDIR: 'It is a directory.',
  EEXIST: 'It exists already.',
  ENOTEMPTY: 'The directory is not empty.',
  ELOOP: 'Too many links.',
  ENAMETOOLONG: 'The name is too long.',
  EINVAL: 'It cannot be done with this file.',
}

/** RFC 959 §4.2, §5.4: 452 and 552 for want of room, 550 for what stands in the way, 451 for what is not the client's doing. */
export function refusal(failed: Failure): Reply {
  const { code } = failed
  if (code === 'EDQUOT') return reply(552, 'Quota exceeded.')
  if (code === 'ENOSPC') return reply(452, 'Insufficient storage space.')
  const text = TEXTS[code]
  return text === undefined ? reply(451, 'Local error; nothing was done.') : reply(550, text)
}

/** Of STOR, STOU and APPE: 553 where the name is what is wrong. */
export function uploadRefusal(failed: Failure): Reply {
  if (failed.code === 'EINVAL') return reply(554, 'There are fewer bytes than REST said.')
  const told = refusal(failed)
  return told.code === 550 && failed.code !== 'EROFS' ? { ...told, code: 553 } : told
}
