// FTP's words and lines as bytes and back: for the server, the client and tools.

export * from './address.ts'
export { AsciiIn, AsciiOut } from './ascii.ts'
export { encodeCommand, formatCommand, parseCommand, readCommand, type CommandLine } from './command.ts'
export { formatFactFeature, formatFacts, parseFactOptions, parseFacts, type FactSubject } from './facts.ts'
export { isGlob, parseGlob } from './glob.ts'
export { formatListLine, parseListLine, type ListLine } from './listing.ts'
export { formatQuoted, parseQuoted } from './quoted.ts'
export { encodeReply, formatReply, parseReply, reply, ReplyReader } from './reply.ts'
export { escapeTelnet, telnetLine } from './telnet.ts'
export { formatTime, parseTime } from './time.ts'
