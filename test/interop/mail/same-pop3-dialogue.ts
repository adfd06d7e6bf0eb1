// Dialogues with a POP3 server, written as lines, played on one server after the other.
//
//   A: NOOP            session A, which has seen the greeting, says it
//   A| STAT, NOOP      several commands at once
//
// $USER is name and password of the dialogue's user, and $PLAIN both as AUTH PLAIN wants them. Texts for people go, codes
// and numbers stay; V is what a server chose for its unique-ids. Capabilities are not compared.

import type { Heard, Line } from './same-dialogue.ts'
import { lineIn, Wire, type Place } from './same-wire.ts'

/** Commands whose positive answer has several lines, when it does. */
const MULTI_LINE = /^(CAPA|RETR|TOP|LIST *$|UIDL *$|AUTH *$)/i
const NUMBERS = /^(STAT|LIST +\d|UIDL +\d)/i

/** What was heard at each line. */
export async function playPop3(place: Place, user: string, lines: readonly Line[]): Promise<readonly Heard[]> {
  const sessions = new Map<string, Wire>()
  const all: Heard[] = []
  const plain = Buffer.from(`\0${user}\0${user}`).toString('base64')
  try {
    for (const { said } of lines) {
      const [, name = '', how = '', text = ''] = /^([A-Z])([:|]) ?(.*)$/s.exec(said) ?? []
      const wire = sessions.get(name) ?? (await greeted(place))
      sessions.set(name, wire)
      const filled = text.replaceAll('$USER', user).replaceAll('$PLAIN', plain)
      const commands = how === '|' ? filled.split(', ') : [filled]
      wire.send(commands.map((command) => `${command}\r\n`).join(''))
      const heard: string[] = []
      for (const command of commands) heard.push(...(await answer(wire, command)))
      all.push(heard)
    }
  } finally {
    for (const wire of sessions.values()) wire.close()
  }
  return all
}

async function greeted(place: Place): Promise<Wire> {
  const wire = await Wire.open(place)
  await wire.take(lineIn)
  return wire
}

async function answer(wire: Wire, command: string): Promise<readonly string[]> {
  const status = await wire.take(lineIn)
  if (status === undefined) return ['closed']
  const heard = [statusForm(command, status)]
  if (!status.startsWith('+OK') || !MULTI_LINE.test(command)) return heard
  for (;;) {
    const line = await wire.take(lineIn)
    if (line === undefined || line === '.\r\n') return heard
    if (!/^(CAPA|AUTH)/i.test(command)) heard.push(withoutValidity(line))
  }
}

function statusForm(command: string, status: string): string {
  if (status.startsWith('+OK')) return NUMBERS.test(command) ? withoutValidity(status.trimEnd()) : '+OK'
  return /^(\+|-ERR(?: \[[^\]]*\])?)/.exec(status)?.[0] ?? status
}

function withoutValidity(line: string): string {
  return line.replace(/^((?:\+OK )?\d+) \d+\.(\d+)/, '$1 V.$2')
}
