// One question to a running world, with an answer of the expected shape or the reason why there is none.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import { isRefusal } from './api.ts'
import { ask } from './client.ts'

/** `withinMs`: how much longer than usual the answer may take. */
export async function asked<Answer>(
  folder: string,
  what: string,
  argument: string,
  fits: (value: unknown) => value is Answer,
  withinMs = 0,
): Promise<Answer | Failure> {
  const answer = await ask(folder, what, argument, withinMs)
  if (isFailure(answer)) return answer
  if (isRefusal(answer)) return failure('EREFUSED', answer.refused)
  return fits(answer) ? answer : failure('EANSWER', 'the world answered something else')
}

export function isList<Item>(value: unknown): value is readonly Item[] {
  return Array.isArray(value)
}

/** Whether it is an object with that key: both ends are of one version. */
export function has<Answer extends object>(key: keyof Answer): (value: unknown) => value is Answer {
  return (value): value is Answer => typeof value === 'object' && value !== null && key in value
}
