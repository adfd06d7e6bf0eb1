import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXTENSIONS, type Attributes, type Init, type Reply, type Request } from './messages.ts'
import { decodeReply, encodeDataHeader, encodeReply, encodeVersion } from './reply-codec.ts'
import { decodeRequest, encodeRequest } from './request-codec.ts'

type Sent = Exclude<Request, { kind: 'unknown' | 'malformed' }> | Init

const handle = Buffer.from('0123456789')
const data = Buffer.from([0, 1, 2, 255])
const all: Attributes = {
  size: 5_000_000_000,
  owner: { uid: 7, gid: 8 },
  permissions: 0o100644,
  times: { accessed: 4_000_000_000, modified: 1 },
}

const REQUESTS: readonly Sent[] = [
  { kind: 'init', version: 3 },
  { kind: 'open', id: 1, path: '/a b/ü/\udcff', flags: 0x1a, attributes: {} },
  { kind: 'close', id: 0xffff_ffff, handle },
  { kind: 'read', id: 2, handle, offset: 2 ** 40 + 5, length: 32768 },
  { kind: 'write', id: 3, handle, offset: 2 ** 33, data },
  { kind: 'lstat', id: 4, path: '' },
  { kind: 'fstat', id: 5, handle },
  { kind: 'setstat', id: 6, path: 'x', attributes: all },
  { kind: 'fsetstat', id: 7, handle, attributes: { permissions: 0o600 } },
  { kind: 'opendir', id: 8, path: '/' },
  { kind: 'readdir', id: 9, handle },
  { kind: 'remove', id: 10, path: 'x' },
  { kind: 'mkdir', id: 11, path: 'x', attributes: { size: 0, times: { accessed: 0, modified: 0 } } },
  { kind: 'rmdir', id: 12, path: 'x' },
  { kind: 'realpath', id: 13, path: '.' },
  { kind: 'stat', id: 14, path: 'x' },
  { kind: 'rename', id: 15, from: 'x', to: 'y' },
  { kind: 'readlink', id: 16, path: 'x' },
  { kind: 'symlink', id: 17, target: 'there', path: 'here' },
  { kind: 'posix-rename', id: 18, from: 'x', to: 'y' },
  { kind: 'statvfs', id: 19, path: 'x' },
  { kind: 'fstatvfs', id: 20, handle },
  { kind: 'hardlink', id: 21, from: 'x', to: 'y' },
  { kind: 'fsync', id: 22, handle },
  { kind: 'lsetstat', id: 23, path: 'x', attributes: all },
  { kind: 'limits', id: 24 },
  { kind: 'expand-path', id: 25, path: '~/x' },
  { kind: 'copy-data', id: 26, from: handle, fromOffset: 1, length: 2 ** 41, to: handle, toOffset: 3 },
  { kind: 'home-directory', id: 27, user: 'alice' },
  { kind: 'users-groups-by-id', id: 28, uids: [0, 4_000_000_000], gids: [] },
]

const REPLIES: readonly Reply[] = [
  { kind: 'status', id: 1, code: 4, message: 'Failure' },
  { kind: 'handle', id: 2, handle },
  { kind: 'data', id: 3, data },
  {
    kind: 'name',
    id: 4,
    files: [
      { name: '\udcfe', longName: '-rw \udcfe', attributes: all },
      { name: 'b', longName: '', attributes: {} },
    ],
  },
  { kind: 'attrs', id: 5, attributes: all },
  { kind: 'extended-reply', id: 6, body: data },
]

const bytesAsText = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, each) => (each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each)),
  )

test('requests come back as they went', () => {
  for (const request of REQUESTS) {
    const packet = encodeRequest(request)
    assert.equal(packet.readUInt32BE(), packet.length - 4)
    assert.deepEqual(bytesAsText(decodeRequest(packet.subarray(4))), bytesAsText(request))
  }
})

test('a request that is cut off is malformed, and keeps its id', () => {
  for (const request of REQUESTS) {
    if (request.kind === 'init') continue
    const packet = encodeRequest(request).subarray(4)
    for (let length = 0; length < packet.length; length++) {
      const decoded = decodeRequest(packet.subarray(0, length))
      if (length < 5) assert.equal(decoded, undefined)
      else assert.deepEqual(decoded, { kind: 'malformed', id: request.id }, `${request.kind} at ${length}`)
    }
  }
})

test('no flipped bit makes a request throw', () => {
  for (const request of REQUESTS) {
    const packet = encodeRequest(request).subarray(4)
    for (let bit = 0; bit < packet.length * 8; bit++) {
      packet[bit >> 3]! ^= 1 << (bit & 7)
      decodeRequest(packet)
      packet[bit >> 3]! ^= 1 << (bit & 7)
    }
  }
})

test('types and extensions that nobody knows are told by their id', () => {
  assert.deepEqual(decodeRequest(Buffer.from([99, 0, 0, 0, 7, 1, 2])), { kind: 'unknown', id: 7 })
  const extended = Buffer.from([200, 0, 0, 0, 9, 0, 0, 0, 3, 0x78, 0x40, 0x79, 5, 5])
  assert.deepEqual(decodeRequest(extended), { kind: 'unknown', id: 9 })
})

test('pairs behind attributes, and bytes behind the last field, are read over', () => {
  const packet = encodeRequest({ kind: 'mkdir', id: 1, path: 'x', attributes: { permissions: 0o755 } })
  packet.writeUInt32BE(0x8000_0004, 4 + 5 + 5)
  const pairs = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62, 7, 7])
  assert.deepEqual(decodeRequest(Buffer.concat([packet.subarray(4), pairs])), {
    kind: 'mkdir',
    id: 1,
    path: 'x',
    attributes: { permissions: 0o755 },
  })
})

test('replies come back as they went, and are nothing when cut off', () => {
  for (const reply of REPLIES) {
    const packet = encodeReply(reply).subarray(4)
    assert.deepEqual(bytesAsText(decodeReply(packet)), bytesAsText(reply))
    for (let length = 0; length < packet.length; length++) {
      const decoded = decodeReply(packet.subarray(0, length))
      // What an extension answers has no length of its own.
      assert.ok(decoded === undefined || reply.kind === 'extended-reply', `${reply.kind} at ${length}`)
    }
  }
})

test('a header and its data are a reply', () => {
  const packet = Buffer.concat([encodeDataHeader(9, data.length), data])
  assert.deepEqual(packet, encodeReply({ kind: 'data', id: 9, data }))
})

test('a version says its extensions', () => {
  const version = decodeReply(encodeVersion(3, EXTENSIONS).subarray(4))
  assert.deepEqual(version, { kind: 'version', version: 3, extensions: new Map(Object.entries(EXTENSIONS)) })
})
