// Arguments of the requests about names: JSON from another command of the same version, taken with care all the same.

import type { NameEdit, NameQuery } from '../net/names/index.ts'

/** What is no edit asks for nothing. */
export function parseNameEdit(argument: string): NameEdit {
  const given: unknown = JSON.parse(argument)
  const { add, remove, replace } = fieldsOf(given)
  return {
    add: Array.isArray(add) ? add.filter((line) => typeof line === 'string') : [],
    remove: Array.isArray(remove) ? remove.flatMap(removalIn) : [],
    replace: replace === true,
  }
}

export function parseNameQuery(argument: string): NameQuery {
  const { name, type, traced } = fieldsOf(JSON.parse(argument))
  return {
    name: typeof name === 'string' ? name : '.',
    type: typeof type === 'string' ? type : 'A',
    traced: traced === true,
  }
}

function removalIn(value: unknown): NameEdit['remove'] {
  const { name, type, data } = fieldsOf(value)
  if (typeof name !== 'string') return []
  return [{ name, ...(typeof type === 'string' && { type }), ...(typeof data === 'string' && { data }) }]
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
