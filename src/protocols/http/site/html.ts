// Small pages that stand on their own: no script, no reference to anything outside.

import { latin1Bytes } from '../codec/text.ts'
import type { Response } from '../messages.ts'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1d2733;background:#fbfaf7}' +
  'h1{font-weight:600}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .8rem .2rem 0;' +
  'border-bottom:1px solid #e4e0d8}td.n{text-align:right}a{color:#0b5cad}footer{margin-top:2rem;color:#6b7480;font-size:.85rem}'

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** `title` is text, `content` is HTML. What is not ASCII becomes character references, so the bytes are the text. */
export function htmlResponse(title: string, content: string): Response {
  const page =
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width">\n<title>${escapeHtml(title)}</title>\n` +
    `<style>${STYLE}</style>\n</head>\n<body>\n<h1>${escapeHtml(title)}</h1>\n${content}\n</body>\n</html>\n`
  const ascii = page.replaceAll(/[\u0080-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`)
  return {
    status: 200,
    fields: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"],
    ],
    body: latin1Bytes(ascii),
  }
}
