// A pseudo-terminal (pty(7)) without a native build: the system calls that Node lacks come through koffi. Linux.

import { closeSync, constants, openSync } from 'node:fs'
import { failure, failureFrom, isFailure, type Failure } from '../../core/failure.ts'
import type { Terminal, WindowSize } from '../../core/programs.ts'
import { applyModes, TERMIOS_BYTES } from './terminal-modes.ts'

// ioctl_tty(2); asm-generic, so x64 and arm64 alike.
const TCGETS = 0x5401
const TCSETS = 0x5402
const TIOCGPGRP = 0x540f
const TIOCSWINSZ = 0x5414
const FIONREAD = 0x541b
const TIOCGPTN = 0x80045430
const TIOCSPTLCK = 0x40045431

/** A window of no size makes programs guess; this is what they would guess. */
const DEFAULT_SIZE = { columns: 80, rows: 24 } as const
/** RFC 8160: what is typed is UTF-8, where the client does not say. */
const IUTF8 = 42

type Ioctl = (fd: number, request: number, argument: Buffer) => number

export interface PseudoTerminal {
  /** The end that we hold. Whoever takes it over closes it. */
  readonly master: number
  /** `/dev/pts/3`: what the program opens. */
  readonly path: string
  resize(size: WindowSize): void
  /** The process group in front; undefined: none. */
  foreground(): number | undefined
  /** Bytes that were printed and not read yet. */
  unreadBytes(): number
  /** Lets go of the program's end, which is held open from the start so that the output does not end too early. */
  release(): void
}

/** Failures: `ENOPTY` (no Linux, no koffi), and system codes. */
export async function openTerminal(terminal: Terminal): Promise<PseudoTerminal | Failure> {
  const ioctl = await openIoctl()
  if (isFailure(ioctl)) return ioctl
  try {
    return openPair(ioctl, terminal)
  } catch (error) {
    return failureFrom(error)
  }
}

function openPair(ioctl: Ioctl, terminal: Terminal): PseudoTerminal | Failure {
  const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
  const word = Buffer.alloc(4)
  if (ioctl(master, TIOCSPTLCK, word) !== 0 || ioctl(master, TIOCGPTN, word) !== 0) {
    closeSync(master)
    return failure('ENOPTY', 'the system gives no pseudo-terminal')
  }
  const path = `/dev/pts/${word.readUInt32LE()}`
  let slave: number | undefined = openSlave(path, master)
  setModes(ioctl, slave, terminal.modes)
  const resize = (size: WindowSize): void => void ioctl(master, TIOCSWINSZ, encodeSize(size))
  resize(terminal)
  return {
    master,
    path,
    resize,
    foreground() {
      return ioctl(master, TIOCGPGRP, word) === 0 && word.readInt32LE() > 1 ? word.readInt32LE() : undefined
    },
    unreadBytes: () => (ioctl(master, FIONREAD, word) === 0 ? word.readInt32LE() : 0),
    release() {
      if (slave !== undefined) closeSync(slave)
      slave = undefined
    },
  }
}

function openSlave(path: string, master: number): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  } catch (error) {
    closeSync(master)
    throw error
  }
}

function setModes(ioctl: Ioctl, slave: number, modes: ReadonlyMap<number, number>): void {
  const termios = Buffer.alloc(TERMIOS_BYTES)
  if (ioctl(slave, TCGETS, termios) !== 0) return
  applyModes(termios, modes.has(IUTF8) ? modes : new Map([...modes, [IUTF8, 1]]))
  ioctl(slave, TCSETS, termios)
}

function encodeSize({ columns, rows, widthPixels, heightPixels }: WindowSize): Buffer {
  const size = Buffer.alloc(8)
  const fields = [rows || DEFAULT_SIZE.rows, columns || DEFAULT_SIZE.columns, widthPixels, heightPixels]
  for (const [index, field] of fields.entries()) size.writeUInt16LE(Math.min(0xffff, Math.max(0, field)), index * 2)
  return size
}

let loaded: Ioctl | undefined

async function openIoctl(): Promise<Ioctl | Failure> {
  if (process.platform !== 'linux') return failure('ENOPTY', 'terminals for real programs exist on Linux only')
  try {
    return (loaded ??= await loadIoctl())
  } catch (error) {
    return failure('ENOPTY', `terminals for real programs need the package koffi: ${failureFrom(error).message}`)
  }
}

async function loadIoctl(): Promise<Ioctl> {
  const { default: koffi } = await import('koffi')
  return koffi.load(null).func('int ioctl(int, ulong, void*)')
}
