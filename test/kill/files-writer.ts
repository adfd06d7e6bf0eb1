// Uploads files of one letter each, over and over, until it is killed. Says `ready` before the first.

import { isFailure, type Failure } from '../../src/core/failure.ts'
import { openTree } from '../../src/host/files/index.ts'
import { FILE_BYTES, FILES, LETTERS } from './files-said.ts'

const PIECES = 4
const [, , root = ''] = process.argv

function good<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`)
  return value
}

const tree = good(openTree(root, { writable: true, quota: { bytesMax: 2 ** 30, filesMax: 1000 } }))
const piece = FILE_BYTES / PIECES

async function upload(name: string, letter: string): Promise<void> {
  const file = good(await tree.upload(name))
  const bytes = Buffer.alloc(piece, letter)
  for (let at = 0; at < FILE_BYTES; at += piece) await file.write(at, bytes)
  good(await file.commit())
}

await tree.makeFolder('/d')
process.stdout.write('ready\n')
for (let turn = 0; ; turn++) {
  const letter = LETTERS[turn % LETTERS.length] ?? 'a'
  await Promise.all(Array.from({ length: FILES }, (_, i) => upload(`/d/f${i}`, letter)))
}
