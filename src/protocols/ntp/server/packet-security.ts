// What the server asks of NTS (RFC 8915 §5), which is loaded when someone first comes with it.

import type { DatagramIo } from '../../../core/io.ts'
import type { ExtensionField } from '../codec/extension.ts'

export interface PacketSecurity {
  /** Whether a question with these fields is one under NTS. */
  concerns(fields: readonly ExtensionField[]): boolean
  /**
   * Opens a question; `then` hears at once, or when NTS is loaded (`question` is then a copy). `undefined`: it deserves no answer,
   * `nak`: its cookie does not open.
   */
  open(
    io: DatagramIo,
    question: Uint8Array,
    fields: readonly ExtensionField[],
    then: (opened: OpenedQuestion | 'nak' | undefined, question: Uint8Array) => void,
  ): void
  /** The header in the form that goes with `nak`. */
  nak(question: Uint8Array, header: Uint8Array): Uint8Array
}

export interface OpenedQuestion {
  /** With room for all that `seal` adds, and no longer than the question. */
  answer(header: Uint8Array): Uint8Array
  /** Encrypts fresh cookies and authenticates the whole. */
  seal(answer: Uint8Array): void
}
