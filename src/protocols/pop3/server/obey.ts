// The commands of the TRANSACTION state (RFC 1939 §5, §7): what each comes to. Says nothing to anybody itself.

import type { Message } from '../../../core/index.ts'
import { DotStuffer, topLength } from '../codec/dots.ts'
import { refusal, reply } from '../codec/reply.ts'
import type { Command, Reply } from '../messages.ts'
import { Listing, type Blocks } from './listing.ts'
import type { Maildrop } from './maildrop.ts'

export interface Outcome {
  readonly reply: Reply
  /** What follows a multi-line answer's first line. */
  readonly blocks?: Blocks
  /** The message that was asked for, whole. */
  readonly read?: { readonly message: Message; readonly content: Uint8Array }
}

export type MaildropCommand = Exclude<Command, { readonly kind: 'USER' | 'PASS' | 'AUTH' | 'CAPA' | 'QUIT' | 'STLS' }>

export function obey(command: MaildropCommand, maildrop: Maildrop): Outcome {
  switch (command.kind) {
    case 'NOOP':
      return said('nothing done')
    case 'STAT':
      return said(`${maildrop.count} ${maildrop.octets}`)
    case 'RSET':
      maildrop.undelete()
      return said(`${maildrop.count} messages (${maildrop.octets} octets)`)
    case 'LIST':
      return list(maildrop, command.number, sizeLine)
    case 'UIDL':
      return list(maildrop, command.number, (number, message) => `${number} ${maildrop.uniqueId(message)}`)
    case 'DELE':
      return found(maildrop, command.number, () => {
        maildrop.delete(command.number)
        return said(`message ${command.number} deleted`)
      })
    case 'RETR':
      return found(maildrop, command.number, (message) => retrieve(maildrop, command.number, message))
    case 'TOP':
      return found(maildrop, command.number, (message) => top(maildrop, message, command.lines))
  }
}

function sizeLine(number: number, message: Message): string {
  return `${number} ${message.size}`
}

function list(maildrop: Maildrop, number: number | undefined, line: typeof sizeLine): Outcome {
  if (number !== undefined) return found(maildrop, number, (message) => said(line(number, message)))
  const text = `${maildrop.count} messages (${maildrop.octets} octets)`
  return { reply: reply(text), blocks: new Listing(maildrop, line) }
}

function found(maildrop: Maildrop, number: number, then: (message: Message) => Outcome): Outcome {
  const message = maildrop.message(number)
  if (message !== undefined) return then(message)
  const there = number > 0 && number <= maildrop.last
  return { reply: refusal(there ? `message ${number} is deleted` : `there is no message ${number}`) }
}

/** RFC 1939 §5. */
function retrieve(maildrop: Maildrop, number: number, message: Message): Outcome {
  const content = maildrop.content(message)
  if (content === undefined) return removed()
  maildrop.markRead(number)
  return {
    reply: reply(`${message.size} octets`),
    blocks: new DotStuffer(content),
    read: { message, content },
  }
}

/** RFC 1939 §7. The beginning of a message, where it holds all that is asked for, is cheaper than the whole. */
function top(maildrop: Maildrop, message: Message, lines: number): Outcome {
  const head = maildrop.head(message)
  if (head === undefined) return removed()
  const length = topLength(head, lines)
  if (length !== undefined) return shown(head.subarray(0, length))
  const content = maildrop.content(message)
  return content === undefined ? removed() : shown(content.subarray(0, topLength(content, lines) ?? content.length))
}

function shown(content: Uint8Array): Outcome {
  return { reply: reply('top of the message follows'), blocks: new DotStuffer(content) }
}

function removed(): Outcome {
  return { reply: refusal('another session removed this message', 'SYS/PERM') }
}

function said(text: string): Outcome {
  return { reply: reply(text) }
}
