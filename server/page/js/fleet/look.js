/** What the server tells of its fleet: looked at while the view is shown. */
import { ask } from '../lib/api.js'
import { useEffect, useState } from '../lib/html.js'
import { createStore } from '../lib/store.js'
import { pageVisible } from '../lib/visible.js'

const POLL_MS = 2000
const PAGE_EVENTS = 200
/** Events that the page remembers. */
const KEPT_EVENTS = 1000

const looks = createStore(0)
/** Looks at once, after something was changed. */
export const lookAtFleet = () => looks.set(looks.get() + 1)

/** `view`: FleetView; null: not yet known. `events`: the newest first. `problem`: of the last look; null: none. */
export function useFleet() {
  const [seen, setSeen] = useState({ view: null, events: [], problem: null })
  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    let timer
    let busy = false
    let again = false
    let events = []
    let last = null
    const look = async () => {
      clearTimeout(timer)
      if (busy) {
        again = true
        return
      }
      busy = true
      try {
        const view = await ask('GET', '/fleet', { signal })
        setSeen(before => ({ ...before, view, problem: null }))
        // Without the store there are no events, but what was read last is still told.
        const path = `/fleet/events?limit=${PAGE_EVENTS}${last === null ? '' : `&after=${last}`}`
        const page = await ask('GET', path, { signal })
        const fresh = page.events.reverse()
        events = last === null ? fresh : [...fresh, ...events].slice(0, KEPT_EVENTS)
        last = page.last
        setSeen({ view, events, problem: null })
      } catch (problem) {
        if (signal.aborted) return
        // The store may come back from a backup, whose events have lower numbers.
        last = null
        setSeen(before => ({ ...before, problem }))
      }
      busy = false
      if (signal.aborted) return
      const soon = again
      again = false
      if (soon) return look()
      if (pageVisible()) timer = setTimeout(look, POLL_MS)
    }
    const stop = looks.subscribe(look)
    document.addEventListener('visibilitychange', () => pageVisible() && look(), { signal })
    look()
    return () => {
      stop()
      clearTimeout(timer)
      abort.abort()
    }
  }, [])
  return seen
}
