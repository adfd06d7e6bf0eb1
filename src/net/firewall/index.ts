// The firewall: what the rest of net/ and the layers above it use of this folder.

export { compileGate, type Decision, type Gate, type PortsOf } from './gate.ts'
export { explain } from './explain.ts'
export { formatExplain } from './format-explain.ts'
export { NFT_SYSCTLS, nftRuleset, type NftOptions } from './nft-ruleset.ts'
export { NFT_RECORD_QUERIES, parseNftRecord, type RefusedFlow } from './nft-record.ts'
