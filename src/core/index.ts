// The contract, for those who write a service, a layer or a plane of their own.

export * from './address.ts'
export * from './closest.ts'
export * from './config.ts'
export * from './event.ts'
export * from './failure.ts'
export * from './flow.ts'
export * from './folder.ts'
export * from './io.ts'
export * from './layer.ts'
export * from './plane.ts'
export * from './service.ts'
export * from './world-view.ts'
