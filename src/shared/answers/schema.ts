// What a world file may say of answers on demand; each protocol names its moments and reads its replies.

import * as v from 'valibot'
import { COUNTED_BY, type AnswerRule } from './answers.ts'
import { parsePattern, parsePeerPattern } from './pattern.ts'

const times = v.pipe(v.number(), v.integer(), v.minValue(1, 'expected 1 or more'))

/** Text that `parse` makes something of. */
function parsed<Parsed>(parse: (text: string) => Parsed | undefined, expected: string) {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const made = parse(dataset.value)
      if (made !== undefined) return made
      addIssue({ message: expected })
      return NEVER
    }),
  )
}

const who = () => parsed(parsePattern, 'expected an address such as alice@harbor.test, or *@harbor.test, or *')
const peer = () => parsed(parsePeerPattern, 'expected a host name, an address, a range such as 10.0.0.0/8, or *')

function described<Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(v.optional(schema), v.description(text))
}

/**
 * A list of rules for `new Answers(...)`. `phases` are the moments that the protocol knows, in its own words; `reply`
 * reads the text of a reply, and should bear a description of its own.
 */
export function answersSchema<const Phases extends readonly string[], Reply>(
  phases: Phases,
  reply: v.GenericSchema<string, Reply>,
) {
  const rule = v.strictObject({
    at: v.pipe(v.picklist(phases), v.description('The moment at which the rule answers.')),
    from: described(who(), 'Only for this sender: an address, *@DOMAIN, <> (no sender) or *.'),
    to: described(who(), 'Only for this recipient: an address, *@DOMAIN or *.'),
    user: described(who(), 'Only for this login name: a name, *@DOMAIN or *.'),
    peer: described(peer(), 'Only for this other side: a host of the world, an address or a range.'),
    first: described(times, 'Only the first so many times that the rule fits (behind `after`).'),
    after: described(times, 'Not the first so many times that the rule fits.'),
    every: described(times, 'Every so many times that the rule fits: 3 is the third, the sixth.'),
    per: described(v.picklist(COUNTED_BY), 'Count each of these apart. Default: one count for all.'),
    reply,
  })
  return v.pipe(
    v.optional(v.array(rule), []),
    v.description('Replies in place of what the service would decide; the first rule that fits and is due answers.'),
    v.transform((rules): readonly AnswerRule<Phases[number], Reply>[] => rules),
  )
}
