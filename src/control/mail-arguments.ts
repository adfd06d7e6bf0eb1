// Arguments of the requests about mail: JSON from another command of the same version, taken with care all the same.

import type { MailWait } from '../net/mail/index.ts'

/** A wait that is not told for how long is over at once. */
export function parseMailWait(argument: string): MailWait {
  const given = object(argument)
  const text = (key: string) => (typeof given[key] === 'string' ? { [key]: given[key] } : {})
  const number = (key: string, least: number) => {
    const value = given[key]
    return typeof value === 'number' && value >= least ? value : least
  }
  return {
    ...text('to'),
    ...text('from'),
    ...text('subject'),
    ...text('mailbox'),
    count: number('count', 1),
    timeoutMs: number('timeoutMs', 0),
    onlyNew: given['onlyNew'] === true,
  }
}

export function parseMailPart(argument: string): { readonly which?: string; readonly part: number | undefined } {
  const { which, part } = object(argument)
  return { ...(typeof which === 'string' ? { which } : {}), part: typeof part === 'number' ? part : undefined }
}

function object(argument: string): Readonly<Record<string, unknown>> {
  const value: unknown = argument === '' ? {} : JSON.parse(argument)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
