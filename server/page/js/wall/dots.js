/** The targets of a tile: dots, whose words stand in one line beside them when one has the focus or the pointer. */
import { html, useRef, useState } from '../lib/html.js'
import { bitrate, stateOf } from '../lib/words.js'
import { Mark } from '../marks.js'

/** What fits beside the words at every width. */
const MOST_DOTS = 6

export const targetPhase = target => (target.enabled ? target.phase : 'disabled')

export function Targets({ id, targets }) {
  const [told, setTold] = useState(null)
  const [here, setHere] = useState(0)
  const ref = useRef(null)
  const shown = targets.slice(0, MOST_DOTS)
  const rest = targets.length - shown.length
  const about = shown[told]
  // One stop of the Tab key; arrow keys go from dot to dot.
  const move = event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = Math.min(Math.max(here + step, 0), shown.length - 1)
    setHere(next)
    ref.current.querySelectorAll('a')[next].focus()
  }
  return html`<div class="tile-line targets">
    <ul ref=${ref} class="dots" aria-label="Targets" onKeyDown=${move} onMouseLeave=${() => setTold(null)}
      onFocusOut=${() => setTold(null)}>
      ${shown.map(
        (target, i) => html`<li key=${target.name}>
          <a
            class="dot" href=${`/channels/${id}`} tabindex=${i === Math.min(here, shown.length - 1) ? 0 : -1}
            aria-label=${describe(target)} onFocus=${() => (setHere(i), setTold(i))} onMouseEnter=${() => setTold(i)}
          ><${Mark} tone=${stateOf(targetPhase(target)).tone} /></a>
        </li>`,
      )}
    </ul>
    <span class="cut words">${about ? describe(about) : summary(targets, rest)}</span>
  </div>`
}

function describe(target) {
  const phase = targetPhase(target)
  const rate = phase === 'live' ? `, ${bitrate(target.bitrate)}` : ''
  return `${target.name}: ${stateOf(phase).word}${rate}`
}

function summary(targets, rest) {
  if (targets.length === 0) return 'No targets'
  const live = targets.filter(target => targetPhase(target) === 'live').length
  return `${live} of ${targets.length} live${rest > 0 ? `, +${rest}` : ''}`
}
