// The sink's part of the world file.

import * as v from 'valibot'
import { configFrom } from '../../core/config.ts'
import { formatSize, size } from '../../core/quantities.ts'
import { durationSetting, sizeSetting } from '../../core/settings.ts'
import { DISCARD_PORT, IDLE_MS, SAMPLE_BYTES, STREAM_MAX_BYTES } from './messages.ts'

/** Ours: 256 lines of a hexdump. */
const SAMPLE_MAX_BYTES = 4096

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

const settings = v.strictObject({
  ports: v.optional(v.pipe(v.array(port), v.description('Ports, TCP and UDP alike.')), [DISCARD_PORT]),
  limit: sizeSetting(STREAM_MAX_BYTES, 'How much one stream may send before it is ended.'),
  idle: durationSetting(IDLE_MS, 'A stream that is silent for this long is ended.'),
  sample: v.pipe(
    v.optional(
      v.pipe(size, v.minValue(1, 'expected at least 1B'), v.maxValue(SAMPLE_MAX_BYTES, 'expected at most 4KiB')),
      formatSize(SAMPLE_BYTES),
    ),
    v.description('How much of the beginning an event shows.'),
  ),
})

export interface SinkConfig {
  readonly ports: readonly number[]
  readonly maxBytes: number
  readonly idleMs: number
  readonly sampleBytes: number
}

const schema = v.pipe(
  settings,
  v.transform(({ ports, limit, idle, sample }) => ({ ports, maxBytes: limit, idleMs: idle, sampleBytes: sample })),
)

export const sinkConfig = configFrom<SinkConfig>(schema)
