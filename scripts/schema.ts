// npm run schema: writes what is generated. schema/portolan.schema.json comes from the valibot schemas of the world
// file and of every service, src/net/world/default-world.ts from default-world.yaml. Tests tell when either is stale.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { parse } from 'yaml'
import type { Service } from '../src/core/service.ts'
import { dnsShape, failureShape, keyShape } from '../src/net/world/dns-schema.ts'
import {
  domainShape,
  faultShape,
  firewallShape,
  hostShape,
  matchShape,
  portShape,
  userShape,
  worldShape,
} from '../src/net/world/schema.ts'
import { services } from '../src/services.ts'

const SCHEMA_FILE = fileURLToPath(new URL('../schema/portolan.schema.json', import.meta.url))
const YAML_FILE = fileURLToPath(new URL('../src/net/world/default-world.yaml', import.meta.url))
const MODULE_FILE = fileURLToPath(new URL('../src/net/world/default-world.ts', import.meta.url))
const FORMATTER = fileURLToPath(new URL('../node_modules/.bin/oxfmt', import.meta.url))

/** The JSON Schema of a world file that may use these services, as text. */
export function schemaText(services: readonly Service[]): string {
  const list = v.array(v.union(services.flatMap(serviceForms)))
  const schema = toJsonSchema(wholeWorld(services, list), {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    definitions: { services: list, match: matchShape, ...Object.fromEntries(services.map(definitionOf)) },
  })
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'A world for Portolan' }
  return `${JSON.stringify({ ...head, ...schema }, undefined, 2)}\n`
}

function definitionOf(service: Service): [string, v.GenericSchema] {
  return [`service-${service.name}`, service.config.schema]
}

/** The world file as one schema: the loader takes it apart, so as to tell all mistakes at once. */
function wholeWorld(services: readonly Service[], list: v.GenericSchema) {
  const host = v.strictObject({
    ...hostShape.entries,
    services: described(list, hostShape.entries.services),
  })
  return v.strictObject({
    ...worldShape.entries,
    domains: described(v.nullable(v.record(v.string(), v.nullable(domainShape))), worldShape.entries.domains),
    hosts: described(
      v.nullable(v.record(v.string(), v.union([v.null(), nameOfAny(services), list, host]))),
      worldShape.entries.hosts,
    ),
    dns: described(v.nullable(names()), worldShape.entries.dns),
    users: described(v.nullable(v.record(v.string(), v.union([v.string(), userShape]))), worldShape.entries.users),
    firewall: described(v.nullable(firewall()), worldShape.entries.firewall),
    faults: described(v.nullable(v.array(faultShape)), worldShape.entries.faults),
    ports: described(v.nullable(v.record(v.string(), portShape)), worldShape.entries.ports),
  })
}

function nameOfAny(services: readonly Service[]) {
  return v.picklist(services.map((service) => service.name))
}

function serviceForms(service: Service) {
  const name = v.pipe(v.literal(service.name), v.description(service.title))
  const settings = v.pipe(v.nullish(service.config.schema), v.description(service.title))
  return [name, v.strictObject({ [service.name]: settings })]
}

function names() {
  return v.strictObject({
    ...dnsShape.entries,
    keys: described(v.nullable(v.record(v.string(), v.nullable(keyShape))), dnsShape.entries.keys),
    failures: described(v.nullable(v.array(failureShape)), dnsShape.entries.failures),
  })
}

function firewall() {
  const { allow, reject, drop } = ruleActions()
  const rule = v.union([v.strictObject({ allow }), v.strictObject({ reject }), v.strictObject({ drop })])
  return v.strictObject({
    ...firewallShape.entries,
    rules: described(v.array(rule), firewallShape.entries.rules),
  })
}

function ruleActions() {
  return {
    allow: v.pipe(matchShape, v.description('Let these flows through.')),
    reject: v.pipe(matchShape, v.description('Refuse these flows: the client is told at once.')),
    drop: v.pipe(matchShape, v.description('Swallow these flows: the client waits in vain.')),
  }
}

/** Gives a more exact schema the description of the loose one that the loader uses. */
function described(schema: v.GenericSchema, like: v.GenericSchema) {
  return v.pipe(v.optional(schema), v.description(v.getDescription(like) ?? ''))
}

/** The source of the module that holds the default world's text and data. */
export function moduleText(yaml: string): string {
  return `// Made from default-world.yaml by \`npm run schema\`: the same world as text and as data, so that a start without a
// file needs no YAML. Not to be edited.

export const DEFAULT_WORLD_LINES: readonly string[] = ${JSON.stringify(yaml.split('\n'))}

export const DEFAULT_WORLD_DATA: unknown = ${JSON.stringify(parse(yaml))}
`
}

if (import.meta.main) {
  mkdirSync(fileURLToPath(new URL('../schema', import.meta.url)), { recursive: true })
  writeFileSync(SCHEMA_FILE, schemaText(services))
  writeFileSync(MODULE_FILE, moduleText(readFileSync(YAML_FILE, 'utf8')))
  spawnSync(FORMATTER, [MODULE_FILE], { stdio: 'inherit' })
}
