// The sink's part of the world file.

import * as v from 'valibot'
import { configFrom } from '../../core/config.ts'
import { DISCARD_PORT, IDLE_MS, SAMPLE_BYTES, STREAM_MAX_BYTES } from './messages.ts'

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

const schema = v.strictObject({
  ports: v.optional(v.pipe(v.array(port), v.description('Ports, TCP and UDP alike.')), [DISCARD_PORT]),
  maxBytes: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Bytes taken from one stream before it is ended.')),
    STREAM_MAX_BYTES,
  ),
  idleMs: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description('Milliseconds of silence after which a stream is ended.'),
    ),
    IDLE_MS,
  ),
  sampleBytes: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(4096),
      v.description('First bytes that the event shows.'),
    ),
    SAMPLE_BYTES,
  ),
})

export type SinkConfig = v.InferOutput<typeof schema>

export const sinkConfig = configFrom<SinkConfig>(schema)
