/** The channels of the fleet: where each runs, who is ready for it, why it waits, and where it is to go. */
import { ask } from '../lib/api.js'
import { html, useMemo, useState } from '../lib/html.js'
import { channels as ownChannels } from '../lib/live.js'
import { may } from '../lib/session.js'
import { useStore } from '../lib/store.js'
import { decimals, plural } from '../lib/words.js'
import { Confirm } from '../confirm.js'
import { Mark } from '../marks.js'
import { lookAtFleet } from './look.js'

const FIRST_ROWS = 50
const MORE_ROWS = 200
const ANYWHERE = 'anywhere'

export function FleetChannels({ channels, workers }) {
  const [text, setText] = useState('')
  const [most, setMost] = useState(FIRST_ROWS)
  const own = useStore(ownChannels)
  const shown = text === '' ? channels : channels.filter(channel => holds(channel, text.toLowerCase()))
  const rest = shown.length - most
  const places = usePlaces(workers)
  return html`<section class="panel" aria-labelledby="fleet-channels-title">
    <div class="panel-head">
      <h2 id="fleet-channels-title">${plural(channels.length, 'channel')}</h2>
      <label class="filter"><span class="unseen">Only channels and workers with the text</span>
        <input type="search" placeholder="Filter" value=${text} onInput=${event => setText(event.target.value)} />
      </label>
    </div>
    <ul class="rows">${shown.slice(0, most).map(
      channel => html`<${FleetChannel} key=${channel.id} channel=${channel} places=${places}
        linked=${own?.some(({ id }) => id === channel.id)} />`,
    )}</ul>
    ${shown.length === 0 && html`<p class="note">No channel.</p>`}
    ${
      rest > 0 &&
      html`<button type="button"
      onClick=${() => setMost(most + MORE_ROWS)}>Show more (${plural(rest, 'channel')})</button>`
    }
  </section>`
}

const holds = ({ id, title, worker, standby, preferredWorker, waitsFor }, text) =>
  [id, title, worker, standby?.worker, preferredWorker, waitsFor].some(part => part?.toLowerCase().includes(text))

function stateOf({ enabled, worker }) {
  if (worker !== null) return { word: worker, tone: 'good' }
  return enabled ? { word: 'Waits', tone: 'bad' } : { word: 'Off', tone: 'off' }
}

function FleetChannel({ channel, places, linked }) {
  const { id, title, standby, epoch, preferredWorker, costCores, waitsFor } = channel
  const { word, tone } = stateOf(channel)
  const name = title ?? id
  return html`<li class="fleet-row" data-fleet-channel=${id}>
    <h3 class="cut" title=${id}>${linked ? html`<a href=${`/channels/${id}`}>${name}</a>` : name}</h3>
    <span class="state ${tone}"><${Mark} tone=${tone} /><span class="cut">${word}</span></span>
    <dl class="fleet-figures">
      <div><dt>Standby</dt><dd class="cut">${
        standby ? `${standby.worker}, ${standby.ready ? 'ready' : 'getting ready'}` : '–'
      }</dd></div>
      <div><dt>Wished</dt><dd class="cut">${preferredWorker ?? 'anywhere'}</dd></div>
      <div><dt>Cores</dt><dd>${decimals(costCores, 2)}</dd></div>
      <div><dt>Epoch</dt><dd class="cut" title=${epoch ?? ''}>${epoch ?? '–'}</dd></div>
    </dl>
    <p class="fleet-waits">${waitsFor}</p>
    <${Move} channel=${channel} name=${name} places=${places} />
  </li>`
}

/** Where channels can go: the same value as long as nothing changes, since each row has a menu of all workers. */
function usePlaces(workers) {
  const text = JSON.stringify(workers.map(({ name, away, draining }) => [name, away ? 'away' : draining && 'draining']))
  return useMemo(() => JSON.parse(text), [text])
}

/** A choice asks first; the menu then shows nothing chosen again. */
function Move({ channel, name, places }) {
  const [to, setTo] = useState('')
  const { id, worker, preferredWorker } = channel
  const options = useMemo(
    () => html`
      <option value="">Move to …</option>
      ${places.map(
        ([place, not]) => html`<option key=${place} value=${`=${place}`} disabled=${not || place === preferredWorker}
        >${place}${not && ` (${not})`}</option>`,
      )}
      <option value=${ANYWHERE} disabled=${preferredWorker === null}>anywhere</option>
    `,
    [places, preferredWorker],
  )
  if (!may('operator')) return null
  const act = async () => {
    const body = { worker: to === ANYWHERE ? null : to.slice(1) }
    await ask('POST', `/fleet/channels/${encodeURIComponent(id)}:move`, { body })
    lookAtFleet()
  }
  return html`<div class="fleet-move">
    <select aria-label=${`Move ${name}`} value=${to} onChange=${event => setTo(event.target.value)}>${options}</select>
    ${
      to !== '' &&
      html`<${Confirm} title=${to === ANYWHERE ? `Let ${name} run anywhere?` : `Move ${name} to ${to.slice(1)}?`}
        button=${to === ANYWHERE ? 'Let it run anywhere' : 'Move'} danger=${false} act=${act} onClose=${() => setTo('')}
      ><p>${explain(to, worker)}</p><//>`
    }
  </div>`
}

function explain(to, worker) {
  if (to === ANYWHERE) return 'The channel stays where it is. When that worker ends, any other may take it.'
  if (worker === null) return 'The channel starts there as soon as that worker has room for it.'
  if (to.slice(1) === worker) return 'The channel is there already, and comes back there when it was elsewhere.'
  return 'That worker gets ready beside the present one. Then the targets are ended there and connected here.'
}
