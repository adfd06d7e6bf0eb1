// Dialogues with an SMTP server, written as lines, played on one server after the other.
//
//   A: NOOP            session A on the port for other servers says it, and hears one reply
//   a: NOOP            the same on the submission port
//   A+ BDAT 2\nhi      without a line end of its own
//   A| NOOP ; RSET     several at once, with a reply for each
//
// In a line, \n is CR LF, \l LF alone, \r CR alone, \0 NUL, \8 an octet above 127, and * N times as in x*2000 the character
// so often. Of a reply its code and its enhanced code stay. After STARTTLS comes the handshake.

import type { Heard, Line } from './same-dialogue.ts'
import { Wire } from './same-wire.ts'
import type { SmtpPlaces } from './same-smtp-servers.ts'

/** What was heard at each line. */
export async function playSmtp(places: SmtpPlaces, lines: readonly Line[]): Promise<readonly Heard[]> {
  const sessions = new Map<string, Wire>()
  const heard: Heard[] = []
  try {
    for (const { said } of lines) {
      heard.push(
        await step(sessions, places, said).catch((cause: unknown) => {
          throw new Error(`at port ${places.mx.port}: ${said}`, { cause })
        }),
      )
    }
  } finally {
    for (const wire of sessions.values()) wire.close()
  }
  return heard
}

async function step(sessions: Map<string, Wire>, places: SmtpPlaces, said: string): Promise<Heard> {
  const [, name = '', how = '', text = ''] = /^([A-Za-z])([:+|]) ?(.*)$/.exec(said) ?? []
  if (name === '') throw new Error(`no step of a dialogue: ${said}`)
  const wire = sessions.get(name) ?? (await greeted(name === name.toUpperCase() ? places.mx : places.submission))
  sessions.set(name, wire)
  const texts = how === '|' ? text.split(' ; ') : [text]
  wire.send(texts.map((each) => `${octetsOf(each)}${how === '+' ? '' : '\r\n'}`).join(''))
  const replies: string[] = []
  for (const _ of texts) replies.push(await reply(wire))
  if (/^STARTTLS$/i.test(text) && replies[0]?.startsWith('220') === true) await wire.startTls()
  return replies
}

async function greeted(place: SmtpPlaces['mx']): Promise<Wire> {
  const wire = await Wire.open(place)
  await reply(wire)
  return wire
}

async function reply(wire: Wire): Promise<string> {
  const text = await wire.take((received) => {
    const last = /^\d{3}(?: .*)?\r\n/m.exec(received)
    return last === null ? undefined : last.index + last[0].length
  })
  if (text === undefined) return 'closed'
  const [, code = text, enhanced = ''] = /^(\d{3})[ -](\d\.\d+\.\d+)?/.exec(text) ?? []
  return `${code} ${enhanced}`.trimEnd()
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\r\n', l: '\n', r: '\r', '0': '\0', '8': '\u00e9' }

function octetsOf(text: string): string {
  return text
    .replaceAll(/(\S)\*(\d{2,})/g, (_, character: string, times: string) => character.repeat(Number(times)))
    .replaceAll(/\\([nlr08])/g, (_, letter: string) => ESCAPES[letter] ?? '')
}
