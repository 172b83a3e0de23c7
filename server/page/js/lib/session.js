/** Who looks at the page. */
import { createStore } from './store.js'

const RANKS = ['viewer', 'operator', 'admin']

/** undefined: not known yet; null: nobody. */
const current = createStore(undefined)
/** Whether a session ended under the user's hands. */
let expired = false

export const session = {
  store: current,
  get expired() {
    return expired
  },
  /** With the answer of /session. */
  begin({ user, role, fleet }) {
    expired = false
    current.set({ name: user, role, fleet })
  },
  ended() {
    if (current.get()) expired = true
    current.set(null)
  },
  leave() {
    expired = false
    current.set(null)
  },
}

/** Whether the role of the session is at least this one. */
export function may(role) {
  const user = current.get()
  return Boolean(user) && RANKS.indexOf(user.role) >= RANKS.indexOf(role)
}
