// xtext (RFC 3461 §4): how a value with any characters stands in an ESMTP parameter, `+` and two digits for what may not.

const XTEXT = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/
const ENCODED = /\+([0-9A-F]{2})/g
const TO_ENCODE = /[^!-*,-<>-~]/g

/** As Latin-1 characters. `undefined`: no xtext. */
export function decodeXtext(text: string): string | undefined {
  if (!XTEXT.test(text)) return undefined
  return text.replaceAll(ENCODED, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** Characters above U+00FF cannot be encoded and become `?`. */
export function encodeXtext(text: string): string {
  return text.replaceAll(TO_ENCODE, (char) => {
    const code = char.charCodeAt(0)
    return `+${(code > 255 ? 63 : code).toString(16).toUpperCase().padStart(2, '0')}`
  })
}
