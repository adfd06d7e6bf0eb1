// The firewall: what the rest of net/ and the layers above it use of this folder.

export {
  compileGate,
  formatDecision,
  type Decision,
  type FlowRequest,
  type Gate,
  type PortsOf,
  type ServicePort,
} from './gate.ts'
export { explain, type Explanation, type ExplainOptions, type Listening, type RuleStep } from './explain.ts'
export { formatExplain } from './format-explain.ts'
export { NFT_SYSCTLS, NFT_TABLE, nftRuleset, type NftOptions } from './nft-ruleset.ts'
export { NFT_RECORD_QUERIES, parseNftRecord, type RefusedFlow } from './nft-record.ts'
