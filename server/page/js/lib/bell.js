/** A wait that can be cut short. */
export function createBell() {
  let ring = null
  let rung = false
  return {
    /** Whoever waits goes on; where nobody does, the next one does not wait. */
    wake() {
      if (ring) ring()
      else rung = true
    },
    /** `ms`: null: until it rings. */
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        await new Promise(resolve => {
          const done = () => {
            clearTimeout(timer)
            // A signal lives as long as the page: it must not remember each wait.
            signal.removeEventListener('abort', done)
            resolve()
          }
          const timer = ms === null ? undefined : setTimeout(done, ms)
          ring = done
          signal.addEventListener('abort', done)
        })
      }
      rung = false
      ring = null
    },
  }
}
