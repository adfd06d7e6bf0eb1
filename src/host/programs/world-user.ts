// Leads programs out of the world's rights: they stay in its network, where they are nobody but its user. A mount
// namespace of their own shows the world's names and authority in /etc, as its clients see them; a user namespace maps
// the user back, so that they can change neither network nor mounts.

import { findTool } from '../private/tool.ts'

export interface WorldUser {
  /** Holds `etc/` with what is laid over /etc, and `laid` with the paths of it, a line each. */
  readonly folder: string
  /** Outer ids. */
  readonly uid: number
  readonly gid: number
}

/** Unix sockets by which name look-ups would leave for a daemon of the machine. */
const OUTSIDE_RESOLVERS = ['/run/nscd/socket', '/run/systemd/resolve/io.systemd.Resolve', '/run/avahi-daemon/socket']

/** $1 the folder, $2 uid, $3 gid, $4 to $6 the tools, then the program. It never reads its input, which is the program's. */
const LEAD = `
folder=$1 uid=$2 gid=$3 mount=$4 unshare=$5 setpriv=$6; shift 6
for socket in ${OUTSIDE_RESOLVERS.join(' ')}; do
  if [ -S "$socket" ]; then "$mount" --bind /dev/null "$socket" || exit 125; fi
done
if ! "$mount" -t overlay portolan -o "lowerdir=$folder/etc:/etc" /etc 2>/dev/null; then
  while read -r file; do if [ -e "$file" ]; then "$mount" --bind "$folder$file" "$file"; fi; done <"$folder/laid"
fi
if [ -n "$setpriv" ]; then set -- "$setpriv" --pdeathsig KILL -- "$@"; fi
exec "$unshare" --user --map-user="$uid" --map-group="$gid" -- "$@"
`

/** For `wrap` of `startPrograms`, in a process that is root of the world's namespaces. */
export function asWorldUser({ folder, uid, gid }: WorldUser): readonly string[] {
  const unshare = findTool('unshare') ?? 'unshare'
  const settings = [folder, String(uid), String(gid), findTool('mount') ?? 'mount', unshare, findTool('setpriv') ?? '']
  return [unshare, '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', LEAD, 'portolan', ...settings]
}
