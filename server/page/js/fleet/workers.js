/** The workers of the fleet: how each is, what it carries, and the button that empties it. */
import { ask } from '../lib/api.js'
import { html, useState } from '../lib/html.js'
import { may } from '../lib/session.js'
import { decimals, duration, plural } from '../lib/words.js'
import { Confirm } from '../confirm.js'
import { Mark } from '../marks.js'
import { lookAtFleet } from './look.js'

/** Above this part of its capacity a worker takes no more. */
const FULL = 0.8

export function Workers({ workers }) {
  return html`<section class="panel" aria-labelledby="workers-title">
    <h2 id="workers-title">Workers</h2>
    <ul class="workers">${workers.map(worker => html`<${Worker} key=${worker.name} worker=${worker} />`)}</ul>
  </section>`
}

export function workerState({ away, draining }) {
  if (away) return { word: 'Away', tone: 'bad' }
  return draining ? { word: 'Draining', tone: 'warn' } : { word: 'Here', tone: 'good' }
}

function Worker({ worker }) {
  const { name, self, version, load, capacityCores, channels, away, draining, silentMs } = worker
  const { word, tone } = workerState(worker)
  return html`<li class="worker" data-worker=${name}>
    <div class="worker-head">
      <h3 class="cut" title=${name}>${name}</h3>
      <span class="state ${tone}"><${Mark} tone=${tone} />${word}</span>
    </div>
    <${Load} name=${name} load=${load} away=${away} />
    <dl class="worker-figures">
      <div><dt>Channels</dt><dd>${channels}</dd></div>
      <div><dt>Cores</dt><dd>${decimals(load * capacityCores, 1)} of ${decimals(capacityCores, 1)}</dd></div>
      <div><dt>Version</dt><dd class="cut" title=${version}>${version}</dd></div>
    </dl>
    <p class="note">${
      away
        ? `Not heard of for ${duration(silentMs)}${draining ? ', and to be drained' : ''}`
        : `${self ? 'This one; heard' : 'Heard'} of ${duration(silentMs)} ago`
    }</p>
    <${Drain} worker=${worker} />
  </li>`
}

function Load({ name, load, away }) {
  const part = Math.min(1, Math.max(0, load))
  const tone = away ? 'off' : load >= FULL ? 'warn' : 'good'
  const text = `${Math.round(load * 100)} %`
  return html`<div class="load">
    <div class="load-bar" role="meter" aria-label=${`Load of ${name}`} aria-valuemin="0" aria-valuemax="100"
      aria-valuenow=${Math.round(part * 100)} aria-valuetext=${text}
    ><i class=${tone} style=${{ width: `${part * 100}%` }}></i></div>
    <b aria-hidden="true">${text}</b>
  </div>`
}

function Drain({ worker }) {
  const { name, draining, channels } = worker
  const [asked, setAsked] = useState(false)
  if (!may('operator')) return null
  const act = async () => {
    await ask('POST', `/fleet/workers/${encodeURIComponent(name)}:${draining ? 'undrain' : 'drain'}`)
    lookAtFleet()
  }
  const word = draining ? 'End drain' : 'Drain'
  return html`<div class="worker-buttons">
    <button type="button" onClick=${() => setAsked(true)}>${word}<span class="unseen"> of ${name}</span></button>
    ${
      asked &&
      html`<${Confirm} title=${`${word} of ${name}?`} button=${word} danger=${!draining} act=${act}
        onClose=${() => setAsked(false)}
      ><p>${
        draining
          ? 'It takes channels again. Those that it gave away stay where they are.'
          : `It gives ${plural(channels, 'channel')} to other workers, one by one, and takes none until the drain is
            ended. Each changes its worker when the next one is ready.`
      }</p><//>`
    }
  </div>`
}
