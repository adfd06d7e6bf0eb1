// The firewall: what the rest of net/ and the layers above it use of this folder.

export { compileAddresses, type AddressSet } from './address-set.ts'
export { Agreements, AGREEMENTS_MAX } from './agreements.ts'
export { compileGate, type Decision, type FlowRequest, type Gate, type PortsOf } from './gate.ts'
export { explain } from './explain.ts'
export { formatExplain } from './format-explain.ts'
export { nftAgreed } from './nft-agreed.ts'
export { NFT_SYSCTLS, NFT_TABLE, nftRuleset, type NftOptions } from './nft-ruleset.ts'
export { NFT_RECORD_QUERIES, parseNftRecord, type RefusedFlow } from './nft-record.ts'
