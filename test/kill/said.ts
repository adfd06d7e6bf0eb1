// The world of the kill test, and what its process and the test say to each other.

export const HARBOR = 'mail.harbor.test'
export const ISLAND = 'mail.island.test'
export const LOCAL = 'alice@harbor.test'
export const REMOTE = 'bob@island.test'
/** An alias on the harbor's host for the address on the island. */
export const FORWARD = 'forward@harbor.test'

export const WORLD = {
  portolan: 1 as const,
  domains: { 'harbor.test': {}, 'island.test': {} },
  hosts: {
    'ns.harbor.test': ['dns'],
    [HARBOR]: [
      {
        smtp: {
          authenticate: 'off',
          sign: false,
          aliases: { forward: REMOTE },
          relay: { tls: 'never', 'first-retry': '100ms', 'max-retry': '500ms' },
        },
      },
    ],
    'ns.island.test': ['dns'],
    [ISLAND]: [{ smtp: { authenticate: 'off', sign: false } }],
  },
  users: { [LOCAL]: { password: 'alice' }, [REMOTE]: { password: 'bob' } },
}

export type Saying =
  | { readonly kind: 'ready'; readonly ip: string; readonly port: number }
  | { readonly kind: 'uncertain'; readonly messageId: string }

export function formatSaying(saying: Saying): string {
  return `${JSON.stringify(saying)}\n`
}
