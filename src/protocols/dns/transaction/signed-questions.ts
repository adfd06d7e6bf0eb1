// Ordinary questions that are signed: answered as if they were not, and signed (RFC 8945 §5.3).

import { OPCODE, TYPE } from '../../../shared/dns/messages.ts'
import type { OpenDeskPart } from '../desk.ts'
import { admit, keysByName } from './asker.ts'

export const openSignedQuestions: OpenDeskPart = (_io, world) => {
  const keys = keysByName(world.transactionKeys)
  return {
    take(request, reply) {
      const { opcode, additionals } = request.message
      if (opcode !== OPCODE.QUERY || additionals.at(-1)?.type !== TYPE.TSIG) return false
      const asker = admit(request, reply, keys)
      const answer = asker && reply.answerTo(asker.packet, asker.roomBytes)
      if (answer !== undefined) asker?.send(answer)
      return true
    },
  }
}
