// Machines for the driver's tests, and a harness around each test.

import type { StreamIo, StreamMachine } from '../../src/core/io.ts'
import type { Inbox } from '../../src/wire/inbox.ts'
import type { Harness, HarnessOptions, MakeHarness } from './harness.ts'

/** A machine that takes lines; what it does with each is the test's. */
export function lines(each: (line: string) => void, more: Partial<StreamMachine> = {}): StreamMachine {
  return {
    received(inbox: Inbox): boolean {
      const line = inbox.line(1000)
      if (!(line instanceof Uint8Array)) return false
      each(Buffer.from(line).toString())
      return true
    },
    ...more,
  }
}

export const say = (io: StreamIo, text: string) => io.send(Buffer.from(text))

export async function within(
  make: MakeHarness,
  run: (harness: Harness) => Promise<void>,
  options?: HarnessOptions,
): Promise<void> {
  const harness = make(options)
  try {
    await run(harness)
  } finally {
    await harness.stop()
  }
}
