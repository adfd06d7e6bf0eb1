// `portolan/testing`: a world for the length of a test, and ways to reach it under its own names.

export {
  agents,
  connector,
  dial,
  type Agents,
  type ConnectorCallback,
  type ConnectorOptions,
  type Dialled,
} from './dial.ts'
export { withWorld, type TestContext } from './with-world.ts'
