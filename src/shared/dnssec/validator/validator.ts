// A validator: a chain of trust that remembers, and a check of each answer against it.

import { foldName } from '../../dns/codec/name.ts'
import { WorkBudget } from '../work-budget.ts'
import { AnswerCheck } from './answer-check.ts'
import { KeyChain } from './key-chain.ts'
import type { Validator, ValidatorOptions } from './types.ts'

export function openValidator(options: ValidatorOptions): Validator {
  const chain = new KeyChain(options)
  const acceptSha1 = options.acceptSha1 ?? false
  return {
    validate(question, response, nowSeconds, fetch, then) {
      const work = { nowSeconds, fetch, budget: new WorkBudget(), acceptSha1 }
      new AnswerCheck(question, response, chain, work, then).start()
    },
    covers: (name) => chain.covers(foldName(name)),
    forget: (zone = '') => chain.forget(zone),
  }
}
