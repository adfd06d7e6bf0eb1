// The first line of a response, both ways (RFC 1939 §3, RFC 2449 §8): `-ERR [IN-USE] another session has it`.

import type { Reply } from '../messages.ts'

const FORM = /^(\+OK|-ERR)(?: +\[([^\]\s]+)\](?= |$))?(?: +([^]*)| *)$/i

/** Without its end. */
export function formatReply({ ok, code, text }: Reply): string {
  const words = [ok ? '+OK' : '-ERR', ...(code === undefined ? [] : [`[${code}]`]), ...(text === '' ? [] : [text])]
  return words.join(' ')
}

/** `line`: without its end. `undefined`: it begins with neither status. */
export function parseReply(line: string): Reply | undefined {
  const [whole, status = '', code, text = ''] = FORM.exec(line) ?? []
  if (whole === undefined) return undefined
  const ok = status.toUpperCase() === '+OK'
  return code === undefined ? { ok, text } : { ok, code: code.toUpperCase(), text }
}

export function reply(text: string): Reply {
  return { ok: true, text }
}

export function refusal(text: string, code?: Reply['code']): Reply {
  return { ok: false, text, ...(code === undefined ? {} : { code }) }
}
