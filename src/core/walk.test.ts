import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, isFailure } from './failure.ts'
import { Walk, type Ground } from './walk.ts'

/** Folders by name, links by their target. */
interface Place {
  readonly [name: string]: Place | string
}

const top: Place = {
  a: { b: { c: {} }, up: '../a/b', root: '/a', out: '../../..', self: 'self', ping: 'pong', pong: 'ping' },
  far: 'a/b/c',
  empty: '',
}

function walkOn(root: Place) {
  let held = 0
  const ground: Ground<Place> = {
    enter(place, name) {
      const found = place[name]
      if (found === undefined) return failure('ENOENT', name)
      if (typeof found === 'string') return { kind: 'link', target: found }
      held++
      return { kind: 'folder', place: found }
    },
    leave: () => void held--,
  }
  const walk = new Walk(ground, root)
  return { walk, held: () => held }
}

function reached(path: string): string {
  const { walk, held } = walkOn(top)
  const blocked = walk.go(path)
  const text = blocked === undefined ? walk.path : blocked.code
  walk.end()
  assert.equal(held(), 0, `${path} keeps folders`)
  return text
}

test('a path leads to the last name, and nowhere else', () => {
  const table: readonly (readonly [path: string, to: string])[] = [
    ['/', '/'],
    ['//', '/'],
    ['/.', '/'],
    ['/..', '/'],
    ['/../../..', '/'],
    ['/a', '/a'],
    ['/a/', '/a'],
    ['/a/b/..', '/a'],
    ['/a/b/../..', '/'],
    ['/a/./b//c', '/a/b/c'],
    ['/none', '/none'],
    ['/none/x', 'ENOENT'],
    ['/a/up/x', '/a/b/x'],
    ['/a/up/../x', '/a/x'],
    ['/a/root/b', '/a/b'],
    ['/a/out/a', '/a'],
    ['/far/x', '/a/b/c/x'],
    ['/far', '/far'],
    ['/a/self/x', 'ELOOP'],
    ['/a/ping/x', 'ELOOP'],
    ['/empty/x', 'ENOENT'],
    ['/a/.portolan-upload-1', 'ENOENT'],
    ['/.portolan-x/a', 'ENOENT'],
    ['/a\0', 'ENOENT'],
    ['a', 'ENOENT'],
    ['', 'ENOENT'],
    [`/${'x/'.repeat(2100)}`, 'ENAMETOOLONG'],
  ]
  for (const [path, to] of table) assert.equal(reached(path), to, path)
})

test('a link in the last place is followed when asked for', () => {
  const { walk } = walkOn(top)
  assert.equal(walk.go('/a/up'), undefined)
  assert.equal(walk.follow('../a/b'), undefined)
  assert.equal(walk.path, '/a/b')
  assert.equal(walk.follow('/far'), undefined)
  assert.equal(walk.path, '/far')
})

test('links in links end', () => {
  const wide: Record<string, Place | string> = { a: {} }
  for (let i = 0; i < 40; i++) wide[`l${i}`] = `${`a/../`.repeat(700)}${i === 39 ? 'a' : `l${i + 1}`}`
  const { walk, held } = walkOn(wide)
  const blocked = walk.go('/l0/x')
  assert.equal(isFailure(blocked) ? blocked.code : 'reached', 'ELOOP')
  walk.end()
  assert.equal(held(), 0)
})
