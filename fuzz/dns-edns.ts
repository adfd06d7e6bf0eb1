// Broken EDNS options: found in raw bytes as the codec finds them, and read each by its decoder.

import { COOKIE_BYTES, ServerCookies } from '../src/shared/dns/edns/cookies.ts'
import { decodeExtendedError, encodeExtendedError } from '../src/shared/dns/edns/extended-errors.ts'
import {
  OPTION,
  decodeClientSubnet,
  decodeExpire,
  decodeKeepalive,
  optionAt,
  optionLength,
  writeOptionHeader,
} from '../src/shared/dns/edns/options.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import type { Run, Target } from './target.ts'

const ADDRESS = Uint8Array.of(192, 0, 2, 1)
const SECONDS = 1_600_000_000

export const ednsOptions: Target = {
  name: 'edns',
  about: 'EDNS options',
  start(seed): Run {
    const cookies = new ServerCookies(new Uint8Array(16))
    const cookie = new Uint8Array(COOKIE_BYTES)
    cookies.write(cookie, 0, cookie, 0, ADDRESS, SECONDS)
    const mutations = new Mutations(seed, [
      option(OPTION.COOKIE, cookie),
      option(OPTION.CLIENT_SUBNET, Uint8Array.of(0, 1, 24, 0, 192, 0, 2)),
      option(OPTION.EXTENDED_ERROR, encodeExtendedError({ code: 6, text: 'größer' }).data),
      Buffer.concat([option(OPTION.NSID, new Uint8Array(0)), option(OPTION.TCP_KEEPALIVE, Uint8Array.of(0, 9))]),
      Buffer.concat([option(OPTION.PADDING, new Uint8Array(40)), option(OPTION.EXPIRE, Uint8Array.of(0, 1, 2, 3))]),
    ])
    const attempt = (bytes: Uint8Array): void => {
      for (const code of Object.values(OPTION)) read(bytes, code)
      const at = optionAt(bytes, 0, bytes.length, OPTION.COOKIE)
      if (at === -1) return
      const state = cookies.check(bytes, at, optionLength(bytes, at), ADDRESS, SECONDS)
      const made = Buffer.compare(bytes.subarray(at, at + COOKIE_BYTES), cookie) === 0
      if (state === 'valid' && !made) throw new Error('a cookie that was never made is valid')
    }
    return { next: () => mutations.next(), attempt }
  },
}

function option(code: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 4)
  bytes.set(data, writeOptionHeader(bytes, 0, code, data.length))
  return bytes
}

function read(bytes: Uint8Array, code: number): void {
  const at = optionAt(bytes, 0, bytes.length, code)
  if (at === -1) return
  const length = optionLength(bytes, at)
  if (at + length > bytes.length) throw new Error('an option that ends behind the bytes')
  const data = bytes.subarray(at, at + length)
  decodeKeepalive(data)
  decodeExpire(data)
  const error = decodeExtendedError(data)
  if (error !== undefined && decodeExtendedError(encodeExtendedError(error).data)?.code !== error.code)
    throw new Error('an error that reads back otherwise')
  const subnet = decodeClientSubnet(data)
  if (subnet !== undefined && subnet.address.length !== (subnet.family === 4 ? 4 : 16))
    throw new Error('a subnet of another family')
}
