/** One timer for all that counts seconds. */
import { serverNow } from './api.js'
import { useEffect, useState } from './html.js'

const listeners = new Set()
let timer

function turn() {
  for (const listener of [...listeners]) listener(serverNow())
  timer = setTimeout(turn, 1000 - (Date.now() % 1000))
}

/** The server's time, Unix ms, each second. */
export function useNow() {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    listeners.add(setNow)
    if (listeners.size === 1) timer = setTimeout(turn, 1000 - (Date.now() % 1000))
    return () => {
      listeners.delete(setNow)
      if (listeners.size === 0) clearTimeout(timer)
    }
  }, [])
  return now
}
