// A world for SSH's sample conversation. What comes behind the key exchange cannot be written down as text: dialogues of logins
// and sessions stand beside the server.

import type { WorldView } from '../../src/core/world-view.ts'
import type { Tree } from '../../src/core/files.ts'
import { derivedHostKeys } from '../../src/shared/ssh-keys/index.ts'

/** Keys of its host, and one user with files. */
export function sshWorld(base: WorldView, tree: Tree): WorldView {
  const alice = { address: 'alice@harbor.test', password: 'alice' }
  return {
    ...base,
    hostKeys: derivedHostKeys(new Uint8Array(32), base.host.name),
    users: [alice],
    user: (login) => (login === 'alice' ? alice : undefined),
    home: () => tree,
  }
}
