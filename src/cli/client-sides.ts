// The clients of a private world: each stands as one of the world's client hosts, with its own namespaces.

import { join } from 'node:path'
import type { ClientStatus } from '../control/api.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { LaidFile } from '../host/laid-files.ts'
import { beginClient, type Client, type ClientToBe } from '../host/private/client-side.ts'
import { processesIn, type ProcessName } from '../host/private/processes.ts'
import { readSystemTrust, trustFiles } from '../host/trust/index.ts'
import type { Host, World } from '../net/world/model.ts'
import { closest } from '../core/closest.ts'
import { knownHostsFiles, nameFiles } from './name-files.ts'

export interface ClientSidesOptions {
  readonly world: World
  readonly authorityPem: string
  /** For stock ssh (ssh(1)); empty: no host serves it. */
  readonly knownHosts: string
  readonly folder: string
  readonly uid: number
  readonly gid: number
}

/** Holds a client's namespaces open for programs that join later, and does nothing else. */
const HOLD = ['sleep', 'infinity'] as const

export class ClientSides {
  readonly #options: ClientSidesOptions
  readonly #clients = new Map<string, Client>()
  readonly #holders = new Set<number>()
  readonly #namespaces = new Set<string>()
  #laid: readonly LaidFile[] | undefined
  /** Requests take turns, so that two for one host share its place. */
  #finding: Promise<unknown> = Promise.resolve()

  constructor(options: ClientSidesOptions) {
    this.#options = options
  }

  get status(): readonly ClientStatus[] {
    return [...this.#clients].map(([host, client]) => ({ host, pid: client.pid }))
  }

  /** Every program inside, those left out that only hold a place. */
  programs(): readonly ProcessName[] {
    return [...this.#namespaces].flatMap(processesIn).filter((process) => !this.#holders.has(process.pid))
  }

  /** The client that stands at an address. */
  at(ip: string): Client | undefined {
    const host = this.#options.world.hosts.find((one) => one.client && one.addresses.includes(ip))
    return host === undefined ? undefined : this.#clients.get(host.name)
  }

  /** Joins a client to the world, standing as `name` or as the world's first client. It waits for `start`. */
  async join(name: string | undefined, program: ClientToBe): Promise<Client | Failure> {
    const host = this.#hostFor(name)
    if (isFailure(host)) return host
    const { world, knownHosts } = this.#options
    const files = [...this.#files(), ...nameFiles(world, host), ...knownHostsFiles(knownHosts)]
    const client = await program.join({ link: `c${this.#namespaces.size + 1}`, addresses: host.addresses, files })
    if (isFailure(client)) return client
    this.#clients.set(host.name, client)
    this.#namespaces.add(client.netns)
    void client.exit.then(() => this.#clients.delete(host.name))
    return client
  }

  /** The client that stands as `name`, or the first that runs when it is empty; made to hold its place where nobody does. */
  find(name: string): Promise<ClientStatus | Failure> {
    const found = this.#finding.then(() => this.#find(name))
    this.#finding = found.catch(() => undefined)
    return found
  }

  async #find(name: string): Promise<ClientStatus | Failure> {
    const host = name === '' ? undefined : this.#hostFor(name)
    if (isFailure(host)) return host
    const running = this.status.find((client) => host === undefined || client.host === host.name)
    if (running !== undefined) {
      await this.#clients.get(running.host)?.inside
      return running
    }
    const { folder, uid, gid } = this.#options
    const program = beginClient({
      command: HOLD,
      environment: process.env,
      folder: join(folder, `client-${this.#namespaces.size + 1}`),
      uid,
      gid,
      detached: true,
    })
    const client = isFailure(program) ? program : await this.join(host?.name, program)
    if (isFailure(client)) return client
    this.#holders.add(client.pid)
    client.start()
    await client.inside
    return { host: host?.name ?? this.status.at(-1)?.host ?? '', pid: client.pid }
  }

  /** Ends what only holds a place. */
  stop(): void {
    for (const client of this.#clients.values()) if (this.#holders.has(client.pid)) client.kill('SIGKILL')
  }

  #hostFor(name: string | undefined): Host | Failure {
    const clients = this.#options.world.hosts.filter((host) => host.client)
    const wanted = name ?? clients[0]?.name ?? ''
    const host = clients.find((one) => one.name === wanted || one.aliases.includes(wanted))
    if (host !== undefined) return host
    const names = clients.map((one) => one.name)
    const near = closest(wanted, names)
    return failure(
      'ENOCLIENT',
      `no client host is called ${wanted}; ${near === undefined ? `there is ${names.join(', ')}` : `did you mean ${near}?`}`,
    )
  }

  /** What makes stock programs trust the world, read once: the system's bundle is the same for all clients. */
  #files(): readonly LaidFile[] {
    this.#laid ??= trustFiles(this.#options.authorityPem, readSystemTrust()).filter((file) =>
      file.path.startsWith('/etc/'),
    )
    return this.#laid
  }
}
