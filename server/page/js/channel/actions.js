/** Start, stop and restart of a channel; each says first what it will do. */
import { ask, channelPath } from '../lib/api.js'
import { html, useState } from '../lib/html.js'
import { lookNow } from '../lib/live.js'
import { may } from '../lib/session.js'
import { list, plural } from '../lib/words.js'
import { Confirm } from '../confirm.js'

export async function post(path, body = {}) {
  await ask('POST', path, { body })
  lookNow()
}

export function Actions({ channel }) {
  const [asked, setAsked] = useState(null)
  if (!may('operator')) return null
  const { id, status } = channel
  const stopped = status.phase === 'stopped' || status.phase === 'failed'
  const names = stopped ? ['start'] : ['restart', 'stop']
  return html`<div class="actions">
    ${names.map(
      name =>
        html`<button key=${name} type="button" class=${name === 'start' ? 'main' : ''}
          onClick=${() => setAsked(name)}>${WORDS[name]}</button>`,
    )}
    ${
      asked &&
      html`<${Confirm}
        title=${`${WORDS[asked]} ${channel.config.title ?? id}?`} button=${WORDS[asked]} danger=${asked !== 'start'}
        act=${() => post(channelPath(id, `:${asked}`))} onClose=${() => setAsked(null)}
      ><${What} name=${asked} status=${status} /><//>`
    }
  </div>`
}

const WORDS = { start: 'Start', stop: 'Stop', restart: 'Restart' }

function What({ name, status }) {
  const on = status.targets.filter(({ enabled, phase }) => enabled && (name === 'start' || phase === 'live'))
  const streams = on.filter(({ kind }) => kind !== 'record').map(target => target.name)
  const recordings = on.filter(({ kind }) => kind === 'record').map(target => target.name)
  const names = [...streams, ...recordings]
  const few = names.length === 0
  const stop = name === 'stop'
  if (name === 'start')
    return html`<p>
      The channel connects its
      inputs${few ? '.' : ` and goes on air at ${plural(on.length, 'target')}: ${list(names)}.`}
    </p>`
  return html`
    <p>${
      stop
        ? 'The channel goes off air, and stays off air until somebody starts it.'
        : 'The channel goes off air for some seconds: its process ends, and a new one connects everything again.'
    }</p>
    <ul>
      ${streams.length > 0 && html`<li>${list(streams)}: viewers see the stream ${stop ? 'end' : 'break off'}.</li>`}
      ${
        recordings.length > 0 &&
        html`<li>${list(recordings)}: the file is closed${stop ? '.' : ', and another one begins.'}</li>`
      }
      ${few && html`<li>No target is live now.</li>`}
    </ul>
  `
}
