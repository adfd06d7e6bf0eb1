// Where a command about mail finds it: in a world that runs, or in the state folder of one that does not.

import { isRefusal, type Refusal } from '../control/api.ts'
import { findWorld } from '../control/client.ts'
import { askMail, askMailBytes, askMails, awaitMail } from '../control/mail-client.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { MailFilter, MailSummary, MailView, MailWait } from '../net/mail/index.ts'
import { WORLD_VARIABLE } from './client-environment.ts'

export interface MailPlace {
  /** Which running world. */
  readonly world?: string
  /** A state folder; no world has it open. */
  readonly state?: string
}

/** As `MailCalls` of the control API. */
export interface MailSource {
  mails(filter: MailFilter): Promise<readonly MailSummary[] | Failure>
  mail(which: string): Promise<MailView | Failure>
  /** In base64. */
  bytes(which: string, part: number | undefined): Promise<string | Failure>
  wait(wanted: MailWait): Promise<readonly MailView[] | Failure>
  close(): Promise<void>
}

export async function openMail(place: MailPlace): Promise<MailSource | Failure> {
  if (place.state !== undefined && place.world !== undefined) {
    return failure('EUSAGE', 'either --state or --world: a world that runs has its state folder to itself')
  }
  return place.state === undefined ? openRunning(place.world) : openKept(place.state)
}

/** Inside `portolan run` it is the world around the program, unless another is named. */
async function openRunning(wanted: string | undefined): Promise<MailSource | Failure> {
  const world = await findWorld(process.getuid?.() ?? 0, wanted ?? worldAround())
  if (isFailure(world)) return world
  const { folder } = world
  return {
    mails: (filter) => askMails(folder, filter),
    mail: (which) => askMail(folder, which),
    bytes: (which, part) => askMailBytes(folder, which, part),
    wait: (filter) => awaitMail(folder, filter),
    close: async () => undefined,
  }
}

/** The file is locked as long as it is open, as by a world. */
async function openKept(folder: string): Promise<MailSource | Failure> {
  const { openKeptMail } = await import('../net/mail/kept.ts')
  const kept = openKeptMail(folder)
  if (isFailure(kept)) return kept
  const { calls, close } = kept
  return {
    mails: async (filter) => calls.mails(filter),
    mail: async (which) => allowed(calls.mail(which)),
    bytes: async (which, part) => allowed(calls.mailBytes(which, part)),
    wait: async () => failure('EUSAGE', 'nothing arrives in a state folder: wait needs a world that runs'),
    close,
  }
}

function allowed<Answer>(answer: Answer | Refusal): Answer | Failure {
  return isRefusal(answer) ? failure('EREFUSED', answer.refused) : answer
}

/** The world that this command was called in, if it was called inside one. */
export function worldAround(): string | undefined {
  return process.env[WORLD_VARIABLE]
}
