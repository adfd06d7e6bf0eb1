// A refusal as a response: one place for all of them, HTTP/1 and HTTP/2.

import { REASONS, type HttpError, type Response } from '../messages.ts'
import { textResponse } from '../policy.ts'

export function errorResponse(error: HttpError): Response {
  const { status, detail } = error
  const fields = status === 405 ? ([['Allow', 'GET, HEAD, OPTIONS']] as const) : []
  return textResponse(status, `${status} ${REASONS[status] ?? 'Error'}: ${detail}\n`, fields)
}
