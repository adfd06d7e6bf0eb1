// Sets of numbers as IMAP writes them: `1:3,7,9:*` (RFC 9051 §9 sequence-set).

import { STAR, type NumberRange, type NumberSet } from '../content/search-key.ts'
import { NUMBER_MAX } from '../messages.ts'

const FORM = /^(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?(?:,(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?)*$/

/** `undefined` where it is none, or where a number is 0 or too large. */
export function parseNumberSet(text: string): NumberSet | undefined {
  if (!FORM.test(text)) return undefined
  const set = text.split(',').map((range): NumberRange => {
    const [from = '', to = from] = range.split(':')
    return { from: numberOf(from), to: numberOf(to) }
  })
  return set.every(({ from, to }) => isNumber(from) && isNumber(to)) ? set : undefined
}

function numberOf(text: string): number {
  return text === '*' ? STAR : Number(text)
}

function isNumber(value: number): boolean {
  return value === STAR || (value >= 1 && value <= NUMBER_MAX)
}

/** Rising numbers as a set: 1, 2, 3, 7 as `1:3,7`. Empty for none. */
export function formatNumbers(numbers: readonly number[]): string {
  let text = ''
  for (let at = 0; at < numbers.length;) {
    const from = numbers[at] ?? 0
    let end = at + 1
    while (numbers[end] === from + (end - at)) end++
    const to = from + (end - at) - 1
    text += `${text === '' ? '' : ','}${from === to ? from : `${from}:${to}`}`
    at = end
  }
  return text
}

export function formatNumberSet(set: NumberSet): string {
  return set.map(({ from, to }) => (from === to ? shown(from) : `${shown(from)}:${shown(to)}`)).join(',')
}

/** Whether a set has a number, where `*` stands for `last`. */
export function isInSet(set: NumberSet, value: number, last: number): boolean {
  return set.some(({ from, to }) => {
    const [one, other] = [from === STAR ? last : from, to === STAR ? last : to]
    return value >= Math.min(one, other) && value <= Math.max(one, other)
  })
}

function shown(value: number): string {
  return value === STAR ? '*' : String(value)
}
