// Begins to follow servers. All that this takes is loaded for hosts that do, and for nobody else.

import type { Io } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import type { HostClock } from '../clock.ts'
import type { Follower, FollowOptions } from './follower.ts'

export interface Following {
  /** Whether the timer was one of its own. */
  woke(timer: string): boolean
  /** The name of the system peer (RFC 5905 §11.2), once there is one. */
  readonly source: string | undefined
  stop(): void
}

/** The clock is disciplined from now on, until `stop`. `then` hears once it has begun; for those who watch. */
export function follow(
  io: Io,
  world: WorldView,
  clock: HostClock,
  options: FollowOptions,
  then?: (follower: Follower) => void,
): Following {
  let follower: Follower | undefined
  let isStopped = false
  io.ask(import('./follower.ts'), (loaded) => {
    if (isStopped) return
    follower = new loaded.Follower(io, world, clock, options)
    then?.(follower)
  })
  return {
    woke: (timer) => follower?.woke(timer) ?? false,
    get source() {
      return follower?.peer?.options.name
    },
    stop() {
      isStopped = true
      follower?.stop()
    },
  }
}
