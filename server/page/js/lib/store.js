/** A value that views look at. */
import { useLayoutEffect, useState } from './html.js'

export function createStore(value) {
  const listeners = new Set()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore(store) {
  const [value, setValue] = useState(store.get)
  useLayoutEffect(() => {
    const look = () => setValue(store.get)
    look()
    return store.subscribe(look)
  }, [store])
  return value
}
