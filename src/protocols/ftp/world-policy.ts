// The answers to an FTP server's questions, from the world that it runs in.

import { isFailure, type Failure, type Tree, type WorldView } from '../../core/index.ts'
import { Answers } from '../../shared/answers/index.ts'
import { openPlace } from '../../shared/places/index.ts'
import type { FtpConfig } from './config.ts'
import type { FtpPolicy, Overruling, Phase } from './policy.ts'
import { ANONYMOUS } from './server/login.ts'

export type PolicySettings = Pick<FtpConfig, 'place' | 'anonymous' | 'answers'>

export function worldPolicy(world: WorldView, { place, anonymous, answers: rules }: PolicySettings): FtpPolicy {
  const answers = new Answers<Phase, Overruling>(rules)
  const { host } = world
  const names = new Set([host.name, ...host.aliases].map((name) => name.toLowerCase()))
  const nameless = kept(() => (anonymous === false ? undefined : openPlace(world, anonymous, ANONYMOUS)))
  const shared = kept(() => openPlace(world, place, ''))
  return {
    anyUser: world.anyUser,
    user: (login) => world.user(login),
    place: (address) => (place.folder === undefined ? openPlace(world, place, address) : shared()),
    anonymous: nameless,
    isHost: (name) => names.has(name.toLowerCase().replace(/\.$/, '')) || host.addresses.includes(name),
    overrule: (phase, { peer, user }) =>
      answers.has(phase) ? answers.decide(phase, { peer: { ip: peer, name: world.nameOf(peer) }, user }) : undefined,
  }
}

/** Opened once, when it is first asked for; asked again after a failure. */
function kept<Place extends Tree | undefined>(open: () => Place | Failure): () => Place | Failure {
  let there: Place | Failure | undefined
  return () => {
    if (there === undefined || isFailure(there)) there = open()
    return there
  }
}
