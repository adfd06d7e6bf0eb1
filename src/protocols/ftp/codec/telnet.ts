// The Telnet that FTP's control connection speaks (RFC 959 §3.3, RFC 854, RFC 1123 §4.1.2.12): a byte 0xFF is doubled, options
// are refused, and interrupts, which clients send before ABOR, say nothing of their own.

const IAC = 0xff
const WILL = 0xfb
const WONT = 0xfc
const DO = 0xfd
const DONT = 0xfe
/** The lowest command that can stand behind an IAC (SE, RFC 854). */
const COMMAND_MIN = 0xf0

const NOTHING = new Uint8Array(0)

export interface TelnetLine {
  readonly text: Uint8Array
  /** What is to be answered: a refusal for each option that was asked for or offered (RFC 854). */
  readonly answer: Uint8Array
}

/**
 * What a line says without its Telnet commands. An IAC before anything that is none stands for itself: clients that do not
 * know of Telnet send names so.
 */
export function telnetLine(line: Uint8Array): TelnetLine {
  if (!line.includes(IAC)) return { text: line, answer: NOTHING }
  const text = new Uint8Array(line.length)
  const answer: number[] = []
  let length = 0
  for (let at = 0; at < line.length; at++) {
    const byte = line[at] ?? 0
    const next = line[at + 1] ?? 0
    if (byte !== IAC || next < COMMAND_MIN) text[length++] = byte
    else if (next === IAC) text[length++] = line[++at] ?? IAC
    else if (next >= WILL) answer.push(...refused(next, line[(at += 2)]))
    else at++
  }
  return { text: text.subarray(0, length), answer: Uint8Array.from(answer) }
}

/** Doubles what is 0xFF. */
export function escapeTelnet(bytes: Uint8Array): Uint8Array {
  let at = bytes.indexOf(IAC)
  if (at === -1) return bytes
  const doubled: Uint8Array[] = []
  let from = 0
  for (; at !== -1; at = bytes.indexOf(IAC, at + 1)) {
    doubled.push(bytes.subarray(from, at + 1))
    from = at
  }
  return Buffer.concat([...doubled, bytes.subarray(from)])
}

function refused(command: number, option: number | undefined): number[] {
  if (option === undefined || command === WONT || command === DONT) return []
  return [IAC, command === DO ? WONT : DONT, option]
}
