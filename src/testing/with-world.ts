// A world for the length of one test.

import type { RunningWorld } from './running-world.ts'
import { startWorld } from './start-world.ts'
import type { WorldOptions } from './world-options.ts'

/** What `withWorld` needs of a test: node:test's context, or anything else that runs a function afterwards. */
export interface TestContext {
  after(done: () => Promise<void>): void
}

/** Starts a world that stops when the test is over: `const world = await withWorld(t, { world: {...} })`. */
export async function withWorld(test: TestContext, options: WorldOptions = {}): Promise<RunningWorld> {
  const world = await startWorld(options)
  test.after(() => world.stop())
  return world
}
