// Which mechanisms are offered, and which of those offered is taken.

/** Best first. */
export const SASL_MECHANISMS = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN'] as const
export type SaslMechanism = (typeof SASL_MECHANISMS)[number]

export interface SaslSituation {
  /** TLS runs. */
  readonly secured: boolean
  /** PLAIN and LOGIN show the password to who reads the wire; without TLS they need leave (RFC 4954 §4, RFC 8314 §3). */
  readonly plainAllowedWithoutTls: boolean
  /** This side can bind an exchange to its TLS. */
  readonly channelBinding: boolean
  /** Any password will do: only who shows it can be let in by it. Default: false. */
  readonly anyPassword?: boolean
}

const PLAINTEXT: ReadonlySet<SaslMechanism> = new Set(['PLAIN', 'LOGIN'])

/** Best first. */
export function offeredMechanisms(situation: SaslSituation): readonly SaslMechanism[] {
  return SASL_MECHANISMS.filter((mechanism) => isUsable(mechanism, situation))
}

/** The best of those that the server `offered` (in any case of letters), or `undefined` when none will do. */
export function chooseMechanism(offered: readonly string[], situation: SaslSituation): SaslMechanism | undefined {
  const known = new Set(offered.map(parseMechanism))
  return SASL_MECHANISMS.find((mechanism) => known.has(mechanism) && isUsable(mechanism, situation))
}

/** Names come in any case of letters (RFC 4422 §3.1 has them in capitals). */
export function parseMechanism(word: string): SaslMechanism | undefined {
  const name = word.toUpperCase()
  return SASL_MECHANISMS.find((mechanism) => mechanism === name)
}

function isUsable(mechanism: SaslMechanism, situation: SaslSituation): boolean {
  if (situation.anyPassword === true && !PLAINTEXT.has(mechanism)) return false
  if (mechanism === 'SCRAM-SHA-256-PLUS') return situation.secured && situation.channelBinding
  if (PLAINTEXT.has(mechanism)) return situation.secured || situation.plainAllowedWithoutTls
  return true
}
