// Mails to measure with: a header as mail has it, and lines of words, to the octet as long as asked.

const LINE = 'The harbour lies quiet this morning; the ferry to the island leaves at nine.\r\n'

/** Ends with a line end; all of one number are the same. */
export function madeMail(bytes: number, number: number): Buffer {
  const header =
    'From: Alice <alice@harbor.test>\r\nTo: Bob <bob@island.test>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n' +
    `Subject: number ${number}\r\nMessage-ID: <${number}@harbor.test>\r\nMIME-Version: 1.0\r\n` +
    'Content-Type: text/plain; charset=us-ascii\r\n\r\n'
  const room = bytes - header.length - 2
  return Buffer.from(
    `${header}${LINE.repeat(Math.ceil(room / LINE.length))
      .slice(0, room)
      .trimEnd()
      .padEnd(room, '.')}\r\n`,
  )
}
