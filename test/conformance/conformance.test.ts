// Every service that a world can run, and the toy of these tests, through the same ordeal.

import { services } from '../../src/services.ts'
import { samples } from './dialogues.ts'
import { echo } from './echo-service.ts'
import { conformance } from './ordeal.ts'

for (const service of [echo, ...services]) conformance(service, samples[service.name] ?? {})
