// What `startWorld` is told.

import type { Plane } from '../core/plane.ts'
import type { Service } from '../core/service.ts'
import type { WorldData } from './world-data.ts'

export interface WorldOptions {
  /** A world file to read. Not together with `world`. */
  readonly file?: string
  /** The world itself, with the keys of the file. Without `file` and `world`: the default world. */
  readonly world?: WorldData
  /** Where relative paths in `world` start. Default: the working directory. A file's start beside the file. */
  readonly folder?: string
  /** Your own services, beside the built-in ones and before one of the same name. */
  readonly services?: readonly Service[]
  /** A pcapng file to write, with the secrets of TLS inside: Wireshark shows the plain text. */
  readonly capture?: string
  /** A folder that keeps the authority's key between runs. Default: a new authority, in memory. */
  readonly stateFolder?: string
  /** Another plane than loopback, such as a `SimPlane`: every port then stands at its own address and number. */
  readonly plane?: Plane
}
