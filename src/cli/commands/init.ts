// portolan init: writes the default world out.

import { writeFileSync } from 'node:fs'
import { failureFrom } from '../../core/failure.ts'
import { defaultWorldText } from '../../net/world/index.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, say } from '../output.ts'

export function init(file = 'portolan.yaml', options: { readonly force?: boolean }): void {
  try {
    writeFileSync(file, defaultWorldText(), { flag: options.force === true ? 'w' : 'wx' })
    say(
      `${file} holds the default world; \`portolan check\` validates your changes, \`portolan up\` and \`portolan run\` use it.`,
    )
  } catch (thrown) {
    const { code, message } = failureFrom(thrown)
    complain(code === 'EEXIST' ? `${file} is there already; --force overwrites it` : message)
    process.exitCode = EXIT.no
  }
}
