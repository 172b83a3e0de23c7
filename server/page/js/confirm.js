/** A dialog that says what will happen, and does it when it is confirmed. */
import { html, useEffect, useId, useRef, useState } from './lib/html.js'

/**
 * `act` does it; what it throws is shown, and the dialog stays. `ready`: false as long as something is missing for it.
 * The way back has the focus first.
 */
export function Confirm({ title, button, act, onClose, ready = true, danger = true, children }) {
  const dialog = useRef(null)
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current.showModal()
    return () => before?.focus?.()
  }, [])
  const confirm = async () => {
    if (busy || !ready) return
    setBusy(true)
    setProblem(null)
    try {
      await act()
      onClose()
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  return html`<dialog ref=${dialog} aria-labelledby=${id} onClose=${onClose}>
    <h2 id=${id}>${title}</h2>
    ${children}
    <p class="fault" role="alert">${problem && `${problem.message} ${problem.remedy ?? ''}`}</p>
    <div class="buttons">
      <button type="button" onClick=${() => dialog.current.close()}>Cancel</button>
      <button type="button" class=${danger ? 'danger' : 'main'} aria-disabled=${busy || !ready}
        onClick=${confirm}>${button}</button>
    </div>
  </dialog>`
}
