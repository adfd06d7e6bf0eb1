// The commands that stand for programs: what a host looks around with. What is not whole is left out.

import type { CommandTable } from '../run/shell.ts'
import { cp, mv } from './copy.ts'
import { base64, md5sum, sha1sum, sha256sum, sha512sum } from './digests.ts'
import { chmod, ln, mkdir, rm, rmdir, touch } from './files.ts'
import { find } from './find.ts'
import { grep } from './grep.ts'
import { comm, cut, rev, tac, tr, uniq } from './lines.ts'
import { ls } from './list.ts'
import { cat, head, tail, tee, wc } from './show.ts'
import { sort } from './sort.ts'
import { df, du, readlink, realpath, stat } from './space.ts'
import {
  basename,
  clear,
  date,
  dirname,
  env,
  groups,
  help,
  hostname,
  id,
  printenv,
  seq,
  sleep,
  uname,
  whoami,
} from './system.ts'
import { xargs } from './xargs.ts'

export const COMMANDS: CommandTable = {
  base64,
  basename,
  cat,
  chmod,
  clear,
  comm,
  cp,
  cut,
  date,
  df,
  dirname,
  du,
  env,
  find,
  grep,
  groups,
  head,
  help,
  hostname,
  id,
  ln,
  ls,
  md5sum,
  mkdir,
  mv,
  printenv,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  seq,
  sha1sum,
  sha256sum,
  sha512sum,
  sleep,
  sort,
  stat,
  tac,
  tail,
  tee,
  touch,
  tr,
  uname,
  uniq,
  wc,
  whoami,
  xargs,
}
