// For tests: a world with an SSH host of two users, of whom one has a second factor.

import type { Tree, UserView, WorldView } from '../../core/index.ts'
import { derivedHostKeys } from '../../shared/ssh-keys/index.ts'

export const ADDRESS = '198.51.100.1'
export const ALICE: UserView = { address: 'alice@harbor.test', password: 'secret' }
export const CODE_SECRET = Buffer.from('12345678901234567890')
export const BOB: UserView = { address: 'bob@harbor.test', password: 'bob', oneTimeSecret: CODE_SECRET }

const hostKeys = derivedHostKeys(new Uint8Array(32), 'host.test')

/** `base`: a world of one host. All users have the same `home`. */
export function sshWorld(base: WorldView, home: Tree, users: readonly UserView[] = [ALICE, BOB]): WorldView {
  const user = (login: string) => users.find(({ address }) => address === login || address.startsWith(`${login}@`))
  return { ...base, hostKeys, users, user, home: () => home }
}
