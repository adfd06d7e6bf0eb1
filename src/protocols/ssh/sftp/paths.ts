// Paths as clients send them, made absolute: a session starts at the root, which is its home.

const HOME = '/'

/** Without empty and `.` segments; `..` stays, since what is above a link is for the tree to say. */
export function absolute(path: string): string {
  return `/${segments(path).join('/')}`
}

/** `~`, `~/x` and `~alice/x` for alice herself; `undefined` for other people's homes. Everything else stays as it is. */
export function expanded(path: string, user: string): string | undefined {
  if (!path.startsWith('~')) return path
  const slash = path.indexOf('/')
  const name = path.slice(1, slash === -1 ? undefined : slash)
  if (name !== '' && name !== user) return undefined
  return HOME + (slash === -1 ? '' : path.slice(slash + 1))
}

export function homeOf(name: string, user: string): string | undefined {
  return name === '' || name === user ? HOME : undefined
}

export function joined(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.')
}
