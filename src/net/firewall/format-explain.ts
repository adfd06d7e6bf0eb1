// An explanation as lines for people, without colour.

import { formatAddress } from '../../core/address.ts'
import type { Endpoint } from './endpoint.ts'
import type { Explanation, RuleStep } from './explain.ts'
import type { Gate } from './gate.ts'

/** Lines joined by newlines, with one at the end. */
export function formatExplain(gate: Gate, explanation: Explanation): string {
  const { request, decision } = explanation
  const lines = [
    `from  ${endText(explanation.from, request.from.ip)}`,
    `to    ${endText(explanation.to, formatAddress(request.to))}/${request.transport}${serviceText(explanation)}`,
    '',
    ...explanation.steps.map((step) => stepText(gate, step)),
    defaultText(gate, explanation),
    '',
    `${decision.verdict}${reasonText(explanation)}`,
    agreedText(explanation) ?? listenerText(explanation),
  ]
  return `${lines.join('\n')}\n`
}

function endText(end: Endpoint, address: string): string {
  if (end.host === undefined) return `${address} (no host of this world)`
  return `${end.host.name}${end.host.client ? ' (a client)' : ''}, ${address}`
}

function serviceText({ service }: Explanation): string {
  return service === undefined ? '' : ` (${service})`
}

function stepText(gate: Gate, step: RuleStep): string {
  const rule = gate.rules[step.rule]?.rule
  const head = `  rule ${step.rule + 1}  ${(rule?.action ?? '').padEnd(6)}`
  if (step.outcome === 'later') return `${head}  not reached`
  if (step.outcome === 'decides') return `${head}  matches: ${step.reasons.join('; ')}`
  return `${head}  no: ${step.reasons.join('; ')}`
}

function defaultText(gate: Gate, { decision }: Explanation): string {
  const outcome = decision.rule === undefined ? 'decides: no rule matched' : 'not reached'
  return `  default ${gate.default.verdict.padEnd(6)}  ${outcome}`
}

function reasonText({ decision }: Explanation): string {
  if (decision.rule === undefined) return ', by default'
  return `, by rule ${decision.rule + 1}${decision.because === '' ? ' (it gives no reason)' : `: ${decision.because}`}`
}

/** Two lines: what opens the port, and what that means for the walk above. */
function agreedText({ agreed, request, to }: Explanation): string | undefined {
  if (agreed === undefined) return undefined
  const { service, what, from, to: last } = agreed
  return [
    `${service} opens ${request.to.port}/tcp only for the peer that agreed on it, for that transfer (its ${what}, ${from}-${last})`,
    `while it does, that peer is let in whatever the rules say, and everyone else is rejected; before and after, nothing listens there on ${to.host?.name ?? request.to.ip}`,
  ].join('\n')
}

function listenerText({ listener, request, to, decision }: Explanation): string {
  const where = `${request.to.port}/${request.transport}`
  if (listener !== undefined)
    return `${listener} listens on ${where}${decision.verdict === 'allow' ? '' : ', behind the gate'}`
  return to.host === undefined
    ? `no host has the address ${request.to.ip}`
    : `nothing listens on ${where} of ${to.host.name}`
}
