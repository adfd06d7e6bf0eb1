// The words of an HTML page, for mail that has no plain text. No renderer: blocks become lines, and that is all. Linear in
// time, whatever the page is.

/** Elements of which nothing is shown. */
const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'head', 'title'])
/** Tags behind which a new line begins. */
const LINE_ENDS: ReadonlySet<string> = new Set([
  'br',
  'hr',
  '/p',
  '/div',
  '/h1',
  '/h2',
  '/h3',
  '/h4',
  '/h5',
  '/h6',
  '/li',
  '/tr',
  '/table',
  '/blockquote',
])
const COMMENT = '<!--'
const COMMENT_END = '-->'
const TAG_NAME = /<(\/?[a-z][a-z0-9]*|!)/iy
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

export function textOfHtml(html: string): string {
  return withoutTags(html)
    .replaceAll(ENTITY, (whole, decimal, hex, name) => entity(whole, decimal, hex, name))
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** White space as one space each, line ends where blocks end. */
function withoutTags(html: string): string {
  const lower = html.toLowerCase()
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    const words = html.slice(at, open === -1 ? html.length : open)
    pieces.push(words.replaceAll(/\s+/g, ' '))
    if (open === -1) break
    const tag = tagAt(html, open)
    if (tag === undefined) pieces.push('<')
    else if (LINE_ENDS.has(tag)) pieces.push('\n')
    at = tag === undefined ? open + 1 : behind(html, lower, open, tag)
  }
  return pieces.join('')
}

/** The name in lower case, `/` before it where it closes; `undefined`: a `<` that begins no tag. */
function tagAt(html: string, open: number): string | undefined {
  TAG_NAME.lastIndex = open
  return TAG_NAME.exec(html)?.[1]?.toLowerCase()
}

/** Where the text goes on behind a tag, or behind the element of which nothing is shown. */
function behind(html: string, lower: string, open: number, tag: string): number {
  if (html.startsWith(COMMENT, open)) return after(html, COMMENT_END, open + COMMENT.length)
  const end = after(html, '>', open)
  if (!UNSEEN.has(tag)) return end
  return after(html, '>', after(lower, `</${tag}`, end))
}

/** Behind the next `what`, or the end. */
function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at === -1 ? text.length : at + what.length
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED.get(name.toLowerCase()) ?? whole
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
}
