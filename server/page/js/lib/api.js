/** Requests to /api/v1. What goes wrong is an ApiProblem, whose text can be shown. */
import { session } from './session.js'

export const API = '/api/v1'
const DEADLINE_MS = 15_000

export class ApiProblem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.message ?? document.title ?? `The server answered ${status}.`)
    this.name = 'ApiProblem'
    /** HTTP status; 0: there was no answer. */
    this.status = status
    this.code = document.code ?? ''
    this.remedy = document.remedy ?? ''
    this.problems = document.problems ?? []
    this.restarts = document.restarts ?? []
  }
}

/** Difference of the server's clock to ours, ms, as far as whole seconds tell. */
let skewMs = 0
/** A header of HTTP has no parts of a second, and the answer was on its way. */
const SKEW_SEEN_MS = 2000

/** The server's time, Unix ms. */
export const serverNow = () => Date.now() + skewMs

/** The answer of a request that did not fail. */
export async function send(method, path, { body, headers = {}, signal, deadlineMs = DEADLINE_MS } = {}) {
  const deadline = deadlineMs === null ? [] : [AbortSignal.timeout(deadlineMs)]
  const all = [...deadline, ...(signal ? [signal] : [])]
  let response
  try {
    response = await fetch(`${API}${path}`, {
      method,
      headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: all.length > 0 ? AbortSignal.any(all) : undefined,
      credentials: 'same-origin',
      cache: 'no-store',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiProblem(0, {
      code: 'ERR_CONNECTION',
      message: 'The server does not answer.',
      remedy: 'Check that rxgst serve runs and that this machine reaches it.',
    })
  }
  noteDate(response.headers.get('date'))
  if (response.ok) return response
  const problem = new ApiProblem(response.status, await response.json().catch(() => ({})))
  // A wrong password is no session that ended.
  if (response.status === 401 && path !== '/session') session.ended()
  throw problem
}

/** The JSON of an answer, and null where there is none. */
export async function ask(method, path, options) {
  const response = await send(method, path, options)
  const text = await response.text()
  return text === '' ? null : JSON.parse(text)
}

export const channelPath = (id, rest = '') => `/channels/${encodeURIComponent(id)}${rest}`

function noteDate(date) {
  const at = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(at)) return
  const found = at - Date.now()
  skewMs = Math.abs(found) > SKEW_SEEN_MS ? found : 0
}
