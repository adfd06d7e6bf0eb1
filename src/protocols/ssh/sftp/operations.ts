// Which operation a request means.

import { unreachable } from '../../../core/failure.ts'
import * as extensions from './extensions.ts'
import { STATUS, type Reply, type Request } from './messages.ts'
import * as handles from './on-handles.ts'
import * as paths from './on-paths.ts'
import type { Place } from './place.ts'
import { status } from './statuses.ts'

/** `stopped`: nobody waits for the answer any more. */
export function answer(place: Place, request: Request, stopped: () => boolean): Reply | Promise<Reply> {
  const { id } = request
  switch (request.kind) {
    case 'open':
      return handles.open(place, id, request.path, request.flags, request.attributes)
    case 'close':
      return handles.close(place, id, request.handle)
    case 'read':
      return handles.read(place, id, request.handle, request.offset, request.length)
    case 'write':
      return handles.write(place, id, request.handle, request.offset, request.data)
    case 'fstat':
      return handles.fstat(place, id, request.handle)
    case 'fsetstat':
      return handles.fsetstat(place, id, request.handle, request.attributes)
    case 'opendir':
      return handles.opendir(place, id, request.path)
    case 'readdir':
      return handles.readdir(place, id, request.handle)
    case 'lstat':
    case 'stat':
      return paths.stat(place, id, request.path, request.kind === 'stat')
    case 'setstat':
    case 'lsetstat':
      return paths.setstat(place, id, request.path, request.attributes, request.kind === 'setstat')
    case 'remove':
      return paths.remove(place, id, request.path)
    case 'mkdir':
      return paths.mkdir(place, id, request.path, request.attributes)
    case 'rmdir':
      return paths.rmdir(place, id, request.path)
    case 'realpath':
      return paths.realpath(place, id, request.path)
    case 'rename':
    case 'posix-rename':
      return paths.rename(place, id, request.from, request.to, request.kind === 'posix-rename')
    case 'readlink':
      return paths.readlink(place, id, request.path)
    case 'symlink':
      return paths.symlink(place, id, request.target, request.path)
    case 'hardlink':
      return paths.hardlink(place, id, request.from, request.to)
    case 'fsync':
      return handles.fsync(place, id, request.handle)
    case 'statvfs':
      return extensions.statvfs(place, id, request.path)
    case 'fstatvfs':
      return extensions.fstatvfs(place, id, request.handle)
    case 'limits':
      return extensions.limits(id)
    case 'expand-path':
      return extensions.expandPath(place, id, request.path)
    case 'copy-data':
      return extensions.copyData(place, request, stopped)
    case 'home-directory':
      return extensions.homeDirectory(place, id, request.user)
    case 'users-groups-by-id':
      return extensions.namesById(place, id, request.uids, request.gids)
    case 'unknown':
      return status(id, STATUS.unsupported)
    case 'malformed':
      return status(id, STATUS.badMessage)
    default:
      return unreachable(request)
  }
}
