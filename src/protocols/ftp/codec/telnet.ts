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
 * What a line says without the Telnet in front of it, and with each doubled 0xFF once. Within the line nothing else is
 * Telnet: clients that know nothing of it send names as they are.
 */
export function telnetLine(line: Uint8Array): TelnetLine {
  if (!line.includes(IAC)) return { text: line, answer: NOTHING }
  const answer: number[] = []
  let from = 0
  while (line[from] === IAC && isCommand(line[from + 1])) {
    const command = line[from + 1] ?? 0
    if (command >= WILL) answer.push(...refused(command, line[from + 2]))
    from += command >= WILL ? 3 : 2
  }
  return { text: undoubled(line.subarray(from)), answer: Uint8Array.from(answer) }
}

function isCommand(byte: number | undefined): boolean {
  return byte !== undefined && byte >= COMMAND_MIN && byte !== IAC
}

function undoubled(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    text[length++] = bytes[at] ?? 0
    if (bytes[at] === IAC && bytes[at + 1] === IAC) at++
  }
  return text.subarray(0, length)
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
