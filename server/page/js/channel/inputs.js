/** The inputs of a channel in order of preference, and which is on air. */
import { channelPath } from '../lib/api.js'
import { useNow } from '../lib/clock.js'
import { html, useState } from '../lib/html.js'
import { may } from '../lib/session.js'
import { nextTry, stateOf } from '../lib/words.js'
import { Confirm } from '../confirm.js'
import { State } from '../marks.js'
import { post } from './actions.js'

export function Inputs({ channel }) {
  const [asked, setAsked] = useState(null)
  const now = useNow()
  const { id, status } = channel
  const onAir = status.inputs.find(input => input.onAir)
  return html`<section class="panel inputs-panel" aria-labelledby="inputs-title">
    <h2 id="inputs-title">Inputs</h2>
    <ol class="rows">
      ${status.inputs.map(input => {
        const next = nextTry(input.nextRetryAt, now)
        return html`<li key=${input.name} class="row input ${input.onAir ? 'on-air' : ''}" data-input=${input.name}>
          <div class="row-name"><h3>${input.name}${input.onAir && html`<b class="air">On air</b>`}</h3><p class="cut address" title=${input.url}>${input.url}</p></div>
          <div class="row-state"><${State} phase=${input.phase} /></div>
          <p class="row-reason">${input.reason && html`<span title=${input.reason.code}>${input.reason.message}</span>`}${next && html`<span class="next">${next}</span>`}</p>
          ${
            may('operator') &&
            status.inputs.length > 1 &&
            html`<div class="row-buttons">
              <button type="button" aria-disabled=${input.onAir} onClick=${() => input.onAir || setAsked(input)}>
                Switch<span class="unseen"> to ${input.name}</span>
              </button>
            </div>`
          }
        </li>`
      })}
    </ol>
    ${
      asked &&
      html`<${Confirm}
        title=${`Switch to ${asked.name}?`} button="Switch" danger=${asked.phase !== 'live'}
        act=${() => post(channelPath(id, ':switch'), { input: asked.name })} onClose=${() => setAsked(null)}
      >
        <p>
          ${onAir ? `${onAir.name} leaves the air, and ${asked.name} takes its place` : `${asked.name} goes on air`} at all targets, at its next keyframe.
          ${asked.phase !== 'live' && ` It is not live now (${stateOf(asked.phase).word.toLowerCase()}): the targets get the fill until it is.`}
        </p>
      <//>`
    }
  </section>`
}
