/** What is being edited. It lives longer than its view, so that a look at the wall loses nothing. */
import { ask } from '../lib/api.js'
import { createStore } from '../lib/store.js'

/**
 * `server`: the ConfigText that the text began with; null: not yet known. `foreign`: a newer one that is not shown.
 * `fault`: why something was not answered. `done`: what was applied last.
 */
const NOTHING = { server: null, text: null, problems: [], checking: false, fault: null, foreign: null, done: '' }
export const draft = createStore(NOTHING)

const change = more => draft.set({ ...draft.get(), ...more })

/** Looks what the server has. A text that nobody has touched follows it; another one stays, with a note. */
export async function load() {
  try {
    const found = await ask('GET', '/config')
    const { server, text } = draft.get()
    if (server === null || text === (server.text ?? ''))
      change({ server: found, text: found.text ?? '', fault: null, foreign: null })
    else if (found.text !== server.text) change({ foreign: found })
    else change({ server: found })
  } catch (fault) {
    if (fault.status !== 401) change({ fault })
  }
}

/** Shows the server's text in place of the user's. */
export function showServers() {
  const { server, foreign } = draft.get()
  const shown = foreign ?? server
  change({ server: shown, text: shown.text ?? '', foreign: null, problems: [], fault: null, checking: true })
}

/** Checks the text as it is now; an answer about an older one is not shown. */
export async function check() {
  const { text } = draft.get()
  try {
    const { problems } = await ask('POST', '/config:check', { body: { text } })
    if (draft.get().text === text) change({ problems, checking: false, fault: null })
  } catch (fault) {
    if (draft.get().text !== text || fault.status === 401) return
    // A text that is too wrong for a plan is answered by a problem document.
    if (fault.problems?.length > 0) change({ problems: fault.problems, checking: false, fault: null })
    else change({ checking: false, fault })
  }
}

/** The plan of the text. */
export const askPlan = () => put('dryRun=true')

/** Applies the text. */
export async function apply(allowRestart) {
  const { text } = draft.get()
  const plan = await put(allowRestart ? 'allowRestart=true' : '')
  // What was typed meanwhile stays, and begins with what was applied.
  const found = await ask('GET', '/config')
  change({
    server: found,
    foreign: null,
    done: 'Applied.',
    ...(draft.get().text === text ? { text: found.text ?? '' } : {}),
  })
  return plan
}

async function put(query) {
  const { text, server } = draft.get()
  try {
    return await ask('PUT', `/config${query ? `?${query}` : ''}`, {
      body: { text },
      headers: { 'if-match': `"${server.etag}"` },
      deadlineMs: APPLY_MS,
    })
  } catch (fault) {
    if (fault.status === 412) await noteConflict()
    else if (fault.problems?.length > 0) change({ problems: fault.problems })
    throw fault
  }
}

/** A change of many channels takes its time. */
const APPLY_MS = 60_000

async function noteConflict() {
  const foreign = await ask('GET', '/config').catch(() => null)
  if (foreign) change({ foreign })
}
