// A tree of files with odd names and sizes, the same for each number of files, and what tells two trees apart. Names are
// bytes throughout. Knows no protocol.

import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { SeededRandom } from '../../src/sim/seeded.ts'

export interface OddTreeOptions {
  readonly files: number
  /** Names with CR and LF in them, for protocols that can say such. Default: false. */
  readonly lineEnds?: boolean
}

const SEED = 959
const NAME_MAX_BYTES = 255
const FILES_PER_FOLDER = 50
const FOLDERS_DEEP = 4
const BLOCK_BYTES = 1 << 20
/** 2001-09-09T01:46:40Z. */
const EPOCH_S = 1_000_000_000
const DECADE_S = 315_000_000

/** Latin-1, each character a byte: what stands in a name, a number behind it where one name is not enough. */
const ODD: readonly string[] = [
  'plain.txt',
  'two words',
  ' leading space',
  'trailing space ',
  '   ',
  'a  b   c',
  "it's",
  'say "hello"',
  '-rf',
  '--help',
  '-',
  '...',
  '..a',
  '.hidden',
  'a.',
  '~',
  '~root',
  'tab\there',
  'back\\slash',
  '\\',
  'C:\\file',
  '*',
  'a*b?c',
  '[abc]',
  '[!a-z]*',
  '{a,b}',
  '$HOME',
  '`id`',
  '$(id)',
  'a;b',
  'a&b|c',
  '<in>out',
  '#comment',
  'percent%20%2F%00',
  '%n%s',
  'a=b;c=d; e',
  'type=dir;size=1; x',
  '226 done',
  '150-more',
  'total 0',
  'drwxr-xr-x 1 a b 0 Jan 1 00:00 c',
  'a -> b',
  'x:y',
  '(paren)',
  '!bang',
  '@at,comma',
  '^caret',
  'question?',
  'bell\x07',
  'escape\x1b[31mred',
  '\x7fdelete',
  '\x01\x02\x03',
  utf8('grüße'),
  utf8('caf\u00e9 NFC'),
  utf8('cafe\u0301 NFD'),
  utf8('\u00c5ngstr\u00f6m'),
  utf8('A\u030angstro\u0308m'),
  utf8('日本語のファイル'),
  utf8('\u202egnp.exe'),
  utf8('\u200b'),
  utf8('\ufeffbom'),
  utf8('😀 emoji'),
  utf8('\u2028line\u2029separators'),
  utf8('\u0085next line'),
  '\xff',
  '\xff\xff',
  'iac\xff\xf4\xff\xf2here',
  'latin1 caf\xe9',
  '\xc3',
  '\xc3\x28',
  '\xed\xa0\x80 surrogate',
  '\xf8\x88\x80\x80\x80',
  '\xc0\xaf\xc0\xaf',
  '\x80\x81\xfe',
  utf8('\ufffd'),
  '\xa0nbsp\xa0',
]

const WITH_LINE_ENDS: readonly string[] = ['new\nline', '\n', 'carriage\rreturn', '\r', 'both\r\n', '\r\n226 done']

/** Makes `folder`, which must not be there, and fills it. */
export function layOddTree(folder: string, { files, lineEnds = false }: OddTreeOptions): void {
  const random = new SeededRandom(SEED)
  const block = Buffer.from(random.bytes(BLOCK_BYTES))
  const bases = lineEnds ? [...ODD, ...WITH_LINE_ENDS] : ODD
  let place: Buffer = Buffer.from(folder)
  mkdirSync(place)
  const laid = [place]
  for (let number = 0; number < files; number++) {
    if (number > 0 && number % FILES_PER_FOLDER === 0) {
      place = below(laid, bases, number / FILES_PER_FOLDER, folder.length)
      mkdirSync(place)
      laid.push(place)
    }
    const path = join(place, nameOf(bases, number))
    writeFileSync(path, contentOf(block, number))
    const time = EPOCH_S + ((number * 7919) % DECADE_S)
    utimesSync(path, time, time)
  }
}

/** A new folder inside one of those before, never too deep: a path has 4,096 bytes at most. */
function below(laid: readonly Buffer[], bases: readonly string[], number: number, rootBytes: number): Buffer {
  const parents = laid.filter((path) => path.subarray(rootBytes).filter((byte) => byte === 47).length < FOLDERS_DEEP)
  const parent = parents[(number * 31) % parents.length] ?? laid[0]
  if (parent === undefined) throw new Error('no folder to begin with')
  return join(parent, bytesOf(`${bases[number % bases.length]} dir ${number}`))
}

function nameOf(bases: readonly string[], number: number): Buffer {
  const base = bases[number % bases.length] ?? 'file'
  const round = Math.floor(number / bases.length)
  const name = number < FILES_PER_FOLDER ? base : round % 3 === 0 ? `${base}${number}` : `${number}${base}`
  return bytesOf(number % 97 === 0 ? name.padEnd(NAME_MAX_BYTES, 'long') : name)
}

/** Empty, small and, now and then, large. */
function contentOf(block: Buffer, number: number): Buffer {
  const size =
    number % 11 === 0
      ? 0
      : number % 4001 === 1
        ? 3 * BLOCK_BYTES + number
        : number % 197 === 2
          ? 65_536 + (number % 3) - 1
          : (number * 7919) % 4099
  const pieces: Buffer[] = []
  for (let left = size, at = number % BLOCK_BYTES; left > 0; at = 0) {
    const piece = block.subarray(at, Math.min(BLOCK_BYTES, at + left))
    pieces.push(piece)
    left -= piece.length
  }
  return Buffer.concat(pieces)
}

/** What stands below a folder: what each path (Latin-1) is, and with what content. `times`: and when it was changed, in seconds. */
export function treeOf(folder: string, { times = false } = {}): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const root = Buffer.from(folder)
  const look = (place: Buffer): void => {
    for (const name of readdirSync(place, { encoding: 'buffer' })) {
      const path = join(place, name)
      const stat = lstatSync(path)
      const key = path.toString('latin1', root.length + 1)
      if (stat.isDirectory()) {
        found.set(key, 'folder')
        look(path)
      } else if (stat.isSymbolicLink()) found.set(key, `link ${readlinkSync(path, 'latin1')}`)
      else if (stat.isFile()) {
        const when = times ? ` ${Math.floor(stat.mtimeMs / 1000)}` : ''
        found.set(key, `file ${stat.size} ${sha256(readFileSync(path))}${when}`)
      } else found.set(key, 'other')
    }
  }
  look(root)
  return found
}

/** One digest over all of a tree: paths, kinds and contents. */
export function treeDigest(tree: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const path of [...tree.keys()].toSorted()) hash.update(`${path}\0${tree.get(path)}\0`, 'latin1')
  return hash.digest('hex')
}

/** The first of what differs, a line each; none: the trees are equal, byte for byte. */
export function treeDifferences(
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const missing = [...wanted].flatMap(([path, what]) => {
    const there = found.get(path)
    return there === what ? [] : [`${JSON.stringify(path)}: ${what}, not ${there ?? 'there'}`]
  })
  const more = [...found.keys()].flatMap((path) => (wanted.has(path) ? [] : [`${JSON.stringify(path)}: too much`]))
  return [...missing, ...more].slice(0, 20)
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name])
}

function bytesOf(name: string): Buffer {
  return Buffer.from(name, 'latin1').subarray(0, NAME_MAX_BYTES)
}

function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
