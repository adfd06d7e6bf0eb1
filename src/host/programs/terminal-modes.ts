// The terminal modes that a client asks for (RFC 4254 §8) in the form in which Linux keeps them (struct termios of the
// kernel, asm-generic: x64 and arm64 alike).

/** Four words of flags, the line discipline, 19 control characters. */
export const TERMIOS_BYTES = 36
const CONTROL_CHARACTERS_AT = 17
/** `_POSIX_VDISABLE` of Linux; the protocol says 255. */
const DISABLED = { linux: 0, wire: 255 } as const

/** RFC 4254 §8 opcode to the index in `c_cc`. */
const CHARACTERS: Readonly<Record<number, number>> = {
  1: 0, // VINTR
  2: 1, // VQUIT
  3: 2, // VERASE
  4: 3, // VKILL
  5: 4, // VEOF
  6: 11, // VEOL
  7: 16, // VEOL2
  8: 8, // VSTART
  9: 9, // VSTOP
  10: 10, // VSUSP
  12: 12, // VREPRINT
  13: 14, // VWERASE
  14: 15, // VLNEXT
  16: 7, // VSWTC
  18: 13, // VDISCARD
}

const WORDS = { input: 0, output: 4, control: 8, local: 12 } as const

/** Opcode to the word of flags and the bit there. */
const FLAGS: Readonly<Record<number, readonly [keyof typeof WORDS, number]>> = {
  30: ['input', 0o4], // IGNPAR
  31: ['input', 0o10], // PARMRK
  32: ['input', 0o20], // INPCK
  33: ['input', 0o40], // ISTRIP
  34: ['input', 0o100], // INLCR
  35: ['input', 0o200], // IGNCR
  36: ['input', 0o400], // ICRNL
  37: ['input', 0o1000], // IUCLC
  38: ['input', 0o2000], // IXON
  39: ['input', 0o4000], // IXANY
  40: ['input', 0o10000], // IXOFF
  41: ['input', 0o20000], // IMAXBEL
  42: ['input', 0o40000], // IUTF8 (RFC 8160)
  50: ['local', 0o1], // ISIG
  51: ['local', 0o2], // ICANON
  52: ['local', 0o4], // XCASE
  53: ['local', 0o10], // ECHO
  54: ['local', 0o20], // ECHOE
  55: ['local', 0o40], // ECHOK
  56: ['local', 0o100], // ECHONL
  57: ['local', 0o200], // NOFLSH
  58: ['local', 0o400], // TOSTOP
  59: ['local', 0o100000], // IEXTEN
  60: ['local', 0o1000], // ECHOCTL
  61: ['local', 0o4000], // ECHOKE
  62: ['local', 0o40000], // PENDIN
  70: ['output', 0o1], // OPOST
  71: ['output', 0o2], // OLCUC
  72: ['output', 0o4], // ONLCR
  73: ['output', 0o10], // OCRNL
  74: ['output', 0o20], // ONOCR
  75: ['output', 0o40], // ONLRET
  92: ['control', 0o400], // PARENB
  93: ['control', 0o1000], // PARODD
}
/** CS7 and CS8 are two values of one field. */
const CHARACTER_SIZES: Readonly<Record<number, number>> = { 90: 0o40, 91: 0o60 }
const CHARACTER_SIZE_MASK = 0o60

/** Writes the modes over a termios; what is not named, or means nothing here (speeds), stays. */
export function applyModes(termios: Buffer, modes: ReadonlyMap<number, number>): void {
  for (const [opcode, value] of modes) {
    const character = CHARACTERS[opcode]
    if (character !== undefined) {
      termios[CONTROL_CHARACTERS_AT + character] = value === DISABLED.wire ? DISABLED.linux : value & 255
    }
    const flag = FLAGS[opcode]
    if (flag !== undefined) setBits(termios, WORDS[flag[0]], flag[1], value === 0 ? 0 : flag[1])
    const size = CHARACTER_SIZES[opcode]
    if (size !== undefined && value !== 0) setBits(termios, WORDS.control, CHARACTER_SIZE_MASK, size)
  }
}

function setBits(termios: Buffer, at: number, mask: number, bits: number): void {
  termios.writeUInt32LE(((termios.readUInt32LE(at) & ~mask) | bits) >>> 0, at)
}
