/** What the text would do, before it does it. */
import { Confirm } from '../confirm.js'
import { html, useEffect, useState } from '../lib/html.js'
import { lookNow } from '../lib/live.js'
import { list, plural } from '../lib/words.js'
import { apply, askPlan } from './draft.js'

/** The gravest first. */
const EFFECTS = [
  ['restarts-server', 'Takes a restart of the server', 'bad'],
  ['restarts-channel', 'Restarts a channel', 'bad'],
  ['stops-channel', 'Stops a channel', 'bad'],
  ['reconnects-target', 'Reconnects a target', 'warn'],
  ['starts-channel', 'Starts a channel', 'busy'],
  ['live', 'Live, without a break', 'good'],
]

export function PlanDialog({ onClose }) {
  const [plan, setPlan] = useState(null)
  const [fault, setFault] = useState(null)
  const [allowed, setAllowed] = useState(false)
  useEffect(() => {
    askPlan().then(setPlan, setFault)
  }, [])
  const restarts = plan?.restarts ?? []
  const ready = plan !== null && plan.problems.length === 0 && (restarts.length === 0 || allowed)
  const act = async () => {
    await apply(restarts.length > 0)
    lookNow()
  }
  return html`<${Confirm} title="Apply this configuration?" button="Apply" danger=${restarts.length > 0}
    ready=${ready} act=${act} onClose=${onClose}>
    ${fault && html`<p class="fault" role="alert">${fault.message} ${fault.remedy}</p>`}
    ${plan === null && !fault && html`<p role="status">Planning</p>`}
    ${plan && html`<${Steps} steps=${plan.steps} />`}
    ${
      restarts.length > 0 &&
      html`<label class="allow">
        <input type="checkbox" checked=${allowed} onChange=${event => setAllowed(event.target.checked)} />
        <span>
          Restart <b>${list(restarts)}</b>:${' '}
          ${restarts.length === 1 ? 'it is' : `these ${restarts.length} are`} on air now,
          and off air for some seconds.
        </span>
      </label>`
    }
  <//>`
}

function Steps({ steps }) {
  if (steps.length === 0) return html`<p>The text changes no channel and no setting.</p>`
  return html`<div class="plan">
    ${EFFECTS.map(([effect, word, tone]) => {
      const mine = steps.filter(step => step.effect === effect)
      if (mine.length === 0) return null
      return html`<section key=${effect}>
        <h3 class="effect ${tone}">${word}<small>${plural(mine.length, 'change')}</small></h3>
        <ul>${mine.map(step => html`<li key=${step.path}>${step.text}<code>${step.path}</code></li>`)}</ul>
      </section>`
    })}
  </div>`
}
