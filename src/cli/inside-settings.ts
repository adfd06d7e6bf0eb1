// What `run` tells its successor inside the namespaces, as JSON on its command line.

export interface InsideSettings {
  readonly command: readonly string[]
  readonly uid: number
  readonly gid: number
  readonly world?: string
  readonly as?: string
  readonly catchAll: boolean
  readonly report: 'text' | 'json' | 'none'
  readonly reportTo?: string
  readonly pcap?: string
  readonly state?: string
}
