import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { moduleText, schemaText } from '../../../scripts/schema.ts'
import { services } from '../../services.ts'
import { DEFAULT_WORLD_DATA } from './default-world.ts'
import { defaultWorldText } from './index.ts'

const published = readFileSync(new URL('../../../schema/portolan.schema.json', import.meta.url), 'utf8')
const yaml = readFileSync(new URL('default-world.yaml', import.meta.url), 'utf8')

test('the published schema is current (else: npm run schema)', () => {
  assert.equal(published, schemaText(services))
})

test('the default world as data and as text is what its file says (else: npm run schema)', () => {
  assert.deepEqual(DEFAULT_WORLD_DATA, parse(yaml))
  assert.equal(defaultWorldText(), yaml)
  assert.match(moduleText(yaml), /DEFAULT_WORLD_DATA/)
})

test('every key is written in one style', () => {
  assert.deepEqual(
    keysIn(JSON.parse(published)).filter((key) => !/^[a-z]+\d?(-[a-z]+)*$/.test(key)),
    [],
  )
})

test('the default world is valid by the published schema', () => {
  assert.deepEqual(complaints(JSON.parse(published), DEFAULT_WORLD_DATA), [])
})

test('every example is valid by the published schema', () => {
  for (const name of ['two-firewalls', 'weather']) {
    const text = readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8')
    assert.deepEqual(complaints(JSON.parse(published), parse(text)), [], name)
  }
})

for (const [title, data] of [
  ['an unknown key', { domians: {} }],
  ['an unknown service', { hosts: { 'www.a.test': ['htpt'] } }],
  ['a setting of the wrong type', { hosts: { 'www.a.test': [{ dns: { port: 'x' } }] } }],
  ['a rule without a reason', { firewall: { rules: [{ drop: {} }] } }],
  ['a duration without a unit', { faults: [{ delay: 100 }] }],
] as const) {
  test(`${title} is invalid by the published schema`, () => {
    assert.notDeepEqual(complaints(JSON.parse(published), data), [])
  })
}

/** The names of all properties, however deep. */
function keysIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysIn)
  if (!isMap(schema)) return []
  const own = isMap(schema.properties) ? Object.keys(schema.properties) : []
  return [...own, ...Object.values(schema).flatMap(keysIn)]
}

type Map = Readonly<Record<string, unknown>>

function mapOf(value: unknown): Map {
  assert.ok(isMap(value), `no schema: ${JSON.stringify(value)}`)
  return value
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$defs',
  'title',
  'description',
  'default',
  'propertyNames',
  'additionalProperties',
])

/** The part of JSON Schema 2020-12 that the published schema uses; throws at a keyword that it does not know. */
function complaints(root: unknown, data: unknown, schema: unknown = root, at = '$'): string[] {
  return Object.entries(mapOf(schema))
    .flatMap(([keyword, expected]) => {
      if (ANNOTATIONS.has(keyword)) return []
      if (keyword === '$ref') return complaints(root, data, pointed(root, String(expected)), at)
      if (keyword === 'anyOf') return fits(root, data, expected, at) ? [] : [`${at}: no alternative fits`]
      if (keyword === 'properties') return inMap(root, data, mapOf(schema), at)
      if (keyword === 'items')
        return Array.isArray(data)
          ? data.flatMap((item, index) => complaints(root, item, expected, `${at}.${index}`))
          : []
      return holds(keyword, expected, data) ? [] : [`${at}: ${keyword} ${JSON.stringify(expected)}`]
    })
    .concat('properties' in mapOf(schema) ? [] : inMap(root, data, mapOf(schema), at))
}

function pointed(root: unknown, ref: string): unknown {
  return ref
    .split('/')
    .slice(1)
    .reduce<unknown>((node, step) => mapOf(node)[step], root)
}

function fits(root: unknown, data: unknown, alternatives: unknown, at: string): boolean {
  assert.ok(Array.isArray(alternatives))
  return alternatives.some((alternative) => complaints(root, data, alternative, at).length === 0)
}

function inMap(root: unknown, data: unknown, schema: Map, at: string): string[] {
  if (!isMap(data) || (schema.properties === undefined && schema.additionalProperties === undefined)) return []
  const known = mapOf(schema.properties ?? {})
  const rest = schema.additionalProperties ?? {}
  return Object.entries(data).flatMap(([key, value]) => {
    const inner = known[key] ?? rest
    return inner === false ? [`${at}: unknown key ${key}`] : complaints(root, value, inner, `${at}.${key}`)
  })
}

function holds(keyword: string, expected: unknown, data: unknown): boolean {
  switch (keyword) {
    case 'type':
      return expected === typeOf(data) || (expected === 'number' && typeOf(data) === 'integer')
    case 'const':
      return data === expected
    case 'enum':
      return Array.isArray(expected) && expected.includes(data)
    case 'required':
      return !isMap(data) || (Array.isArray(expected) && expected.every((key) => key in data))
    case 'pattern':
      return typeof data !== 'string' || new RegExp(String(expected)).test(data)
    case 'minLength':
      return typeof data !== 'string' || data.length >= Number(expected)
    case 'minimum':
      return typeof data !== 'number' || data >= Number(expected)
    case 'maximum':
      return typeof data !== 'number' || data <= Number(expected)
    default:
      throw new Error(`unknown keyword: ${keyword}`)
  }
}

function typeOf(data: unknown): string {
  if (Number.isInteger(data)) return 'integer'
  return data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data
}
