// Runs alone on a disk of a megabyte that it may fill, and tells on its standard output how that went.

import { isFailure, type Failure } from '../../src/core/failure.ts'
import type { EditedFile, Tree } from '../../src/core/files.ts'
import { openTree } from '../../src/host/files/index.ts'

const PIECE = new Uint8Array(64 * 1024).fill(120)
const [, , root = ''] = process.argv

function good<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(`${value.code}: ${value.message}`)
  return value
}

/** Writes pieces until one is refused. Says how, and how long the file is then. */
async function fill(file: EditedFile): Promise<readonly [code: string, whole: boolean]> {
  for (let offset = 0; ; offset += PIECE.length) {
    const refused = await file.write(offset, PIECE)
    if (refused === undefined) continue
    return [refused.code, good(await file.current()).size === offset]
  }
}

async function contentOf(tree: Tree, path: string): Promise<string> {
  const file = good(await tree.open(path))
  const bytes = await file.read(0, 100)
  await file.close()
  return Buffer.from(bytes).toString()
}

const tree = good(openTree(root, { writable: true }))
const kept = good(await tree.upload('/kept'))
await kept.write(0, Buffer.from('what was there'))
good(await kept.commit())

const over = good(await tree.upload('/kept'))
const upload = await fill(over)
await over.close()
const afterUpload = await contentOf(tree, '/kept')

const sparse = good(await tree.edit('/sparse', { create: true }))
await sparse.write(0, Buffer.from('start'))
await sparse.change({ size: 10 * PIECE.length })
const edited = good(await tree.edit('/edited', { create: true }))
const edit = await fill(edited)
const hole = await sparse.write(3, new Uint8Array(9 * PIECE.length).fill(121))
const start = Buffer.from(await sparse.read(0, 8)).toString()
const partly = good(await tree.upload('/partly'))
const refused = await partly.write(0, PIECE)
await partly.interrupt()
await edited.close()
await sparse.close()
const names = good(await tree.list('/'))
await tree.removeFile('/edited')
const again = good(await tree.upload('/again'))
await again.write(0, PIECE)
const { size } = good(await again.commit())
process.stdout.write(
  JSON.stringify({ upload, afterUpload, edit, hole: hole?.code, start, refused: refused?.code, names, again: size }),
)
