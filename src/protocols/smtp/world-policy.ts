// The answers to an SMTP server's questions in a world: its users are who may log in and receive, its MX records say for
// whom mail is taken, and the settings add aliases and answers on demand.

import type { Account, UserView, WorldView } from '../../core/index.ts'
import type { Answers } from '../../shared/answers/index.ts'
import { literalAddress, parseMailbox } from './codec/address.ts'
import { reply, type Mailbox, type Reply } from './messages.ts'
import {
  HANG_UP,
  type Destination,
  type Facts,
  type Phase,
  type Refusal,
  type Role,
  type SmtpPolicy,
} from './policy.ts'
import * as say from './server/replies.ts'

/** Aliases that lead to aliases are followed this far. Postfix's virtual_alias_recursion_limit is 1000; a person's list is short. */
const ALIAS_DEPTH_MAX = 10
/** Addresses that one recipient may become. Ours, as Postfix's virtual_alias_expansion_limit. */
const EXPANSION_MAX = 1000
/** RFC 5321 §4.5.1: whoever takes mail has one. */
const POSTMASTER = 'postmaster'
/** What stands before it in a local part is who gets the mail (RFC 5233). */
const DETAIL = '+'

export interface WorldPolicyOptions {
  /** By address, or by local part alone, in lower case: the addresses that its mail goes to. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
  /** Users may send as anyone. */
  readonly anySender: boolean
  readonly answers: Answers<Phase, Reply | typeof HANG_UP>
}

export class WorldPolicy implements SmtpPolicy {
  readonly #world: WorldView
  readonly #options: WorldPolicyOptions

  constructor(world: WorldView, options: WorldPolicyOptions) {
    this.#world = world
    this.#options = options
  }

  get anyUser(): boolean {
    return this.#world.anyUser
  }

  user(login: string): UserView | undefined {
    return this.#world.user(login)
  }

  nameOf(ip: string): string | undefined {
    return this.#world.nameOf(ip)
  }

  asks(phase: Phase): boolean {
    return this.#options.answers.has(phase)
  }

  overrule(phase: Phase, facts: Facts): Reply | typeof HANG_UP | undefined {
    const { peer, ...rest } = facts
    return this.#options.answers.decide(phase, { ...rest, peer: { ip: peer, name: this.nameOf(peer) } })
  }

  /** A user sends as herself, with any detail, or as an alias that leads to her; where everybody is let in, as anyone. */
  sender(sender: Mailbox | undefined, user: UserView): Reply | undefined {
    if (sender === undefined || this.#options.anySender || this.anyUser) return undefined
    if (this.#leadsTo(sender.address.toLowerCase(), user.address, 0)) return undefined
    return reply(553, '5.7.1', `${user.address} does not send as ${sender.address}`)
  }

  recipient(recipient: Mailbox, role: Role, bytes: number): Destination | Refusal {
    const domain = this.#domainOf(recipient)
    if (domain === undefined || this.#world.takesMailFor(domain)) return this.#local(recipient, domain, bytes)
    if (role === 'submission') return { kind: 'destination', accounts: [], elsewhere: [recipient.address] }
    return refusal(reply(550, '5.7.1', `no mail for ${recipient.domain} is relayed for strangers`))
  }

  /** Whose mailbox a report for an address of this host goes into. */
  accountFor(address: string): Account | undefined {
    const mailbox = parseMailbox(address)
    const found = mailbox === undefined ? undefined : this.recipient(mailbox, 'mx', 0)
    return found?.kind === 'destination' ? found.accounts[0] : undefined
  }

  /** `undefined`: this host itself, by its address or without saying so. */
  #domainOf({ domain }: Mailbox): string | undefined {
    if (domain === '') return undefined
    const ip = literalAddress(domain)
    return ip !== undefined && this.#world.host.addresses.includes(ip) ? undefined : domain
  }

  #local(recipient: Mailbox, domain: string | undefined, bytes: number): Destination | Refusal {
    const found: Found = { accounts: new Map(), elsewhere: new Set(), aliases: new Set() }
    this.#follow(recipient.local.toLowerCase(), domain, found, 0)
    if (found.accounts.size + found.elsewhere.size === 0) {
      return refusal(reply(550, '5.1.1', `nobody here is called ${recipient.address}`))
    }
    const accounts = [...found.accounts.values()]
    const only = accounts.length === 1 && found.elsewhere.size === 0 ? accounts[0] : undefined
    const full = only === undefined ? undefined : fullness(only, bytes)
    if (full !== undefined) return refusal(full)
    return { kind: 'destination', accounts, elsewhere: [...found.elsewhere] }
  }

  #follow(local: string, domain: string | undefined, found: Found, depth: number): void {
    if (depth > ALIAS_DEPTH_MAX || found.accounts.size + found.elsewhere.size >= EXPANSION_MAX) return
    const targets = this.#aliasOf(local, domain)
    if (targets !== undefined && !found.aliases.has(targets)) return this.#followAll(targets, found, depth)
    const account = this.#accountOf(local, domain)
    if (account !== undefined) return void found.accounts.set(account.address, account)
    const plain = withoutDetail(local)
    if (plain !== undefined) return this.#follow(plain, domain, found, depth + 1)
    if (local !== POSTMASTER) return
    const keeper = this.#postmasterOf(domain)
    if (keeper !== undefined) found.accounts.set(keeper.address, keeper)
  }

  #followAll(targets: readonly string[], found: Found, depth: number): void {
    found.aliases.add(targets)
    for (const target of targets) {
      const mailbox = parseMailbox(target)
      if (mailbox === undefined) continue
      const domain = this.#domainOf(mailbox)
      if (domain === undefined || this.#world.takesMailFor(domain)) {
        this.#follow(mailbox.local.toLowerCase(), domain, found, depth + 1)
      } else found.elsewhere.add(mailbox.address)
    }
  }

  #aliasOf(local: string, domain: string | undefined): readonly string[] | undefined {
    const { aliases } = this.#options
    if (aliases.size === 0) return undefined
    return (domain === undefined ? undefined : aliases.get(`${local}@${domain}`)) ?? aliases.get(local)
  }

  #accountOf(local: string, domain: string | undefined): Account | undefined {
    const { post } = this.#world
    if (domain !== undefined) return post.account(`${local}@${domain}`)
    const user = this.#world.user(local)
    return user === undefined ? undefined : post.account(user.address)
  }

  /** The first user of the domain, or of this host. */
  #postmasterOf(domain: string | undefined): Account | undefined {
    const { users, post } = this.#world
    const first = users.find(({ address }) => domain === undefined || address.endsWith(`@${domain}`)) ?? users[0]
    return first === undefined ? undefined : post.account(first.address)
  }

  #leadsTo(address: string, user: string, depth: number): boolean {
    if (address === user) return true
    const at = address.lastIndexOf('@')
    const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
    if (depth > ALIAS_DEPTH_MAX) return false
    const targets = this.#world.takesMailFor(domain) ? this.#aliasOf(local, domain) : undefined
    if (targets?.some((target) => this.#leadsTo(target.toLowerCase(), user, depth + 1))) return true
    const plain = withoutDetail(local)
    return plain !== undefined && this.#leadsTo(`${plain}@${domain}`, user, depth + 1)
  }
}

interface Found {
  readonly accounts: Map<string, Account>
  readonly elsewhere: Set<string>
  /** Followed already: one that leads to itself means the user of that name. */
  readonly aliases: Set<readonly string[]>
}

function withoutDetail(local: string): string | undefined {
  const at = local.indexOf(DETAIL)
  return at > 0 ? local.slice(0, at) : undefined
}

function fullness(account: Account, bytes: number): Reply | undefined {
  const { storageBytes, storageMaxBytes, messages, messagesMax } = account.quota
  if (bytes > storageMaxBytes) return say.MAILBOX_TOO_SMALL
  return storageBytes + bytes >= storageMaxBytes || messages >= messagesMax ? say.MAILBOX_FULL : undefined
}

function refusal(refused: Reply): Refusal {
  return { kind: 'refusal', reply: refused }
}
