/** Errors as problem documents (RFC 9457). */
import { STATUS_CODES } from 'node:http'
import { Problem } from '../../core/problem.js'

export const PROBLEM_TYPE = 'application/problem+json'

const STATUS_OF_FAULT = { options: 400, peer: 502, machine: 503, engine: 500 } as const

/** The error as a Problem. An error of the library keeps its code; of any other one only that it happened is told. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { code, fault, message, retryable, remedy } = (error ?? {}) as Record<string, unknown>
  if (typeof code === 'string' && code.startsWith('ERR_') && isFault(fault) && typeof remedy === 'string') {
    return new Problem(STATUS_OF_FAULT[fault], code, String(message), { fault, retryable: retryable === true, remedy })
  }
  return new Problem(500, 'ERR_INTERNAL', 'the server failed at this request', {
    fault: 'engine',
    remedy: 'The log of the server has the error; please report it.',
  })
}

const isFault = (fault: unknown): fault is Problem['fault'] => typeof fault === 'string' && fault in STATUS_OF_FAULT

export function problemDocument(problem: Problem): Record<string, unknown> {
  return {
    type: `urn:rxgst:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    fault: problem.fault,
    retryable: problem.retryable,
    remedy: problem.remedy,
    problems: problem.problems,
  }
}
