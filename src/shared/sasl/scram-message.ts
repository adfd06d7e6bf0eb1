// The messages of SCRAM (RFC 5802 §7), read and written. What a message says is checked by who reads it for a purpose.

import { decodeBase64, encodeBase64 } from './base64.ts'

export interface ClientFirst {
  /** `n`: the client cannot bind. `y`: it could, and thinks that the server cannot. Else it binds by this type. */
  readonly binding: 'n' | 'y' | { readonly type: string }
  readonly authorization?: string
  readonly user: string
  readonly nonce: string
}

export interface ServerFirst {
  /** The client's nonce and the server's behind it. */
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
}

export interface ClientFinal {
  /** The GS2 header of the first message and the channel binding's data. */
  readonly bound: Uint8Array
  readonly nonce: string
  readonly proof: Uint8Array
  /** The message before `,p=`. */
  readonly withoutProof: string
}

export type ServerFinal = { readonly signature: Uint8Array } | { readonly error: string }

/** A gs2-header, and what is behind it. */
const GS2 = /^(n|y|p=([A-Za-z0-9.-]+)),(?:a=([^,]+))?,(.*)$/su
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/
/** No leading zero (posit-number). */
const POSITIVE = /^[1-9][0-9]{0,8}$/
/** Attributes that came later: a letter, `=`, and a value. */
const EXTENSION = /^[A-Za-z]=[^\0]+$/u

export interface ReadClientFirst {
  readonly message: ClientFirst
  readonly gs2Header: string
  /** The message without its header. */
  readonly bare: string
}

export function parseClientFirst(text: string): ReadClientFirst | undefined {
  const [, flag, type, authorizationName, bare] = GS2.exec(text) ?? []
  if (flag === undefined || bare === undefined) return undefined
  const authorization = authorizationName === undefined ? undefined : parseSaslName(authorizationName)
  if (authorizationName !== undefined && authorization === undefined) return undefined
  const [userName, nonceValue] = values(bare, ['n', 'r']) ?? []
  const user = userName === undefined ? undefined : parseSaslName(userName)
  if (user === undefined || nonceValue === undefined || !NONCE.test(nonceValue)) return undefined
  const binding = type === undefined ? (flag === 'y' ? 'y' : 'n') : { type }
  return {
    message: { binding, user, nonce: nonceValue, ...(authorization === undefined ? {} : { authorization }) },
    gs2Header: text.slice(0, text.length - bare.length),
    bare,
  }
}

export function formatGs2Header({ binding, authorization }: Pick<ClientFirst, 'binding' | 'authorization'>): string {
  const flag = typeof binding === 'string' ? binding : `p=${binding.type}`
  return `${flag},${authorization === undefined ? '' : `a=${formatSaslName(authorization)}`},`
}

/** The message without its header. */
export function formatClientFirstBare({ user, nonce }: Pick<ClientFirst, 'user' | 'nonce'>): string {
  return `n=${formatSaslName(user)},r=${nonce}`
}

export function parseServerFirst(text: string): ServerFirst | undefined {
  const [nonce, saltText, count] = values(text, ['r', 's', 'i']) ?? []
  const salt = saltText === undefined ? undefined : decodeBase64(saltText)
  if (nonce === undefined || salt === undefined || count === undefined) return undefined
  if (!NONCE.test(nonce) || salt.length === 0 || !POSITIVE.test(count)) return undefined
  return { nonce, salt, iterations: Number(count) }
}

export function formatServerFirst({ nonce, salt, iterations }: ServerFirst): string {
  return `r=${nonce},s=${encodeBase64(salt)},i=${iterations}`
}

export function parseClientFinal(text: string): ClientFinal | undefined {
  const end = text.lastIndexOf(',p=')
  if (end < 0) return undefined
  const withoutProof = text.slice(0, end)
  const [boundText, nonce] = values(withoutProof, ['c', 'r']) ?? []
  const bound = boundText === undefined ? undefined : decodeBase64(boundText)
  const proof = decodeBase64(text.slice(end + ',p='.length))
  if (bound === undefined || nonce === undefined || proof === undefined) return undefined
  return { bound, nonce, proof, withoutProof }
}

export function formatClientFinalWithoutProof({ bound, nonce }: Pick<ClientFinal, 'bound' | 'nonce'>): string {
  return `c=${encodeBase64(bound)},r=${nonce}`
}

export function formatClientFinal(withoutProof: string, proof: Uint8Array): string {
  return `${withoutProof},p=${encodeBase64(proof)}`
}

export function parseServerFinal(text: string): ServerFinal | undefined {
  const [error] = values(text, ['e']) ?? []
  if (error !== undefined) return { error }
  const [signatureText] = values(text, ['v']) ?? []
  const signature = signatureText === undefined ? undefined : decodeBase64(signatureText)
  return signature === undefined || signature.length === 0 ? undefined : { signature }
}

export function formatServerFinal(signature: Uint8Array): string {
  return `v=${encodeBase64(signature)}`
}

/** A name with its commas and equals signs written out (saslname). `undefined`: another `=`, a NUL, or nothing. */
export function parseSaslName(text: string): string | undefined {
  if (text === '' || text.includes('\0') || /=(?!2C|3D)/.test(text)) return undefined
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=')
}

export function formatSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}

/**
 * The values of attributes that must stand first and in this order. Extensions may follow; the mandatory one (`m=`) is
 * none of ours, and fails (RFC 5802 §5.1).
 */
function values(text: string, names: readonly string[]): string[] | undefined {
  const attributes = text.split(',')
  const found = attributes.slice(0, names.length)
  if (!names.every((name, index) => found[index]?.startsWith(`${name}=`))) return undefined
  const extensions = attributes.slice(names.length)
  if (!extensions.every((attribute) => EXTENSION.test(attribute) && !attribute.startsWith('m='))) return undefined
  return found.map((attribute) => attribute.slice(2))
}
