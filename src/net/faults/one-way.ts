// What a fault does to one direction of a flow: a link may be slower one way than the other.

import type { Direction } from '../../core/layer.ts'
import type { FaultEffect } from '../world/model.ts'

/** The effect with all delays of that direction added up in `delayMs`. `inbound`: towards the world's end. */
export function oneWay(effect: FaultEffect, direction: Direction): FaultEffect {
  const { delayMs = 0, delayInMs = 0, delayOutMs = 0 } = effect
  return { ...effect, delayMs: delayMs + (direction === 'inbound' ? delayInMs : delayOutMs) }
}
