// One dialogue of raw SFTP packets with whatever the words start, over its standard streams; prints what came back, as JSON.
// The same for sftp-server in a folder and for a host of a world: names and times that must differ are left out.

import { spawn } from 'node:child_process'
import { Fields } from './sftp-fields.ts'
import { DIALOGUE, type Field, type Request } from './sftp-dialogue.ts'

const [program = '', ...words] = process.argv.slice(2)
const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] })
let unread = Buffer.alloc(0)
let heard = (): void => undefined
let ended = false
child.stdout.on('data', (chunk: Buffer) => {
  unread = Buffer.concat([unread, chunk])
  heard()
})
child.stdout.on('end', () => {
  ended = true
  heard()
})

const handles = new Map<string, Buffer>()
const answers: Record<string, unknown> = {}
let id = 0

send(Buffer.concat([Buffer.from([1]), u32(3)]))
answers['init'] = version(await packet())
let root = ''
for (const request of DIALOGUE) {
  send(Buffer.concat([Buffer.from([request.type]), u32(++id), ...request.fields.map(bytesOf)]))
  answers[request.name] = answerOf(request, await packet())
}
child.stdin.end()
console.log(JSON.stringify(answers))

function send(body: Buffer): void {
  child.stdin.write(Buffer.concat([u32(body.length), body]))
}

async function packet(): Promise<Buffer> {
  while (unread.length < 4 || unread.length < 4 + unread.readUInt32BE()) {
    if (ended) throw new Error('the server is gone')
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
  const end = 4 + unread.readUInt32BE()
  const body = unread.subarray(4, end)
  unread = unread.subarray(end)
  return body
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function bytesOf(field: Field): Buffer {
  if (typeof field === 'number') return u32(field)
  if ('u64' in field) return Buffer.concat([u32(Math.floor(field.u64 / 2 ** 32)), u32(field.u64 % 2 ** 32)])
  if ('raw' in field) return Buffer.from(field.raw, 'hex')
  const text =
    'handle' in field ? (handles.get(field.handle) ?? Buffer.from(field.handle)) : Buffer.from(field.text, 'latin1')
  return Buffer.concat([u32(text.length), text])
}

function version(body: Buffer): unknown {
  const fields = new Fields(body, 5)
  const extensions: string[] = []
  while (!fields.isAtEnd) extensions.push(`${fields.text()} ${fields.text()}`)
  return { type: body[0], version: body.readUInt32BE(1), extensions: extensions.toSorted() }
}

function answerOf(request: Request, body: Buffer): unknown {
  const fields = new Fields(body, 5)
  const type = body[0] ?? 0
  if (type === 101) return { status: fields.u32(), text: fields.text() }
  if (type === 102) {
    handles.set(request.name, Buffer.from(fields.text(), 'latin1'))
    return 'handle'
  }
  if (type === 103) return { data: fields.text() }
  if (type === 104) return { names: named(fields) }
  if (type === 105) return { attributes: fields.attributes() }
  return { type, ...(request.name === 'limits' ? { limits: body.subarray(5).toString('hex') } : {}) }
}

function named(fields: Fields): unknown {
  const names = Array.from({ length: fields.u32() }, () => {
    const name = fields.text()
    const long = fields.text()
    return { name, long, attributes: fields.attributes() }
  })
  if (root === '') root = names[0]?.name ?? '/'
  return names
    .map(({ name, long, attributes }) => ({
      name: withoutRoot(name),
      long: /^[-dl]/.test(long) ? shapeOf(long, name) : withoutRoot(long),
      attributes,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function withoutRoot(path: string): string {
  return root !== '/' && path.startsWith(root) ? path.slice(root.length) || '/' : path
}

/** Columns as they stand, what is the machine's own left out. */
function shapeOf(long: string, name: string): string {
  const [mode = '', links = '', , , size = ''] = long.slice(0, -name.length).split(/ +/)
  return `${mode} ${mode.startsWith('d') ? '-' : links} ${mode.startsWith('-') ? size : '-'} ${name}`
}
