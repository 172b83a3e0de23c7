/** The targets of a channel: how each is, when it is tried again, and its buttons. */
import { channelPath } from '../lib/api.js'
import { useNow } from '../lib/clock.js'
import { html, useRef, useState } from '../lib/html.js'
import { may } from '../lib/session.js'
import { bitrate, nextTry } from '../lib/words.js'
import { Confirm } from '../confirm.js'
import { State } from '../marks.js'
import { targetPhase } from '../wall/dots.js'
import { post } from './actions.js'

export function TargetList({ channel }) {
  const { targets } = channel.status
  return html`<section class="panel targets-panel" aria-labelledby="targets-title">
    <h2 id="targets-title">Targets</h2>
    ${targets.length === 0 && html`<p class="note">This channel has no targets.</p>`}
    <ul class="rows">${targets.map(
      target => html`<${Target} key=${target.name} id=${channel.id} target=${target}
      />`,
    )}</ul>
  </section>`
}

const PLATFORMS = { youtube: 'YouTube', twitch: 'Twitch', facebook: 'Facebook', kick: 'Kick' }
const KINDS = { rtmp: 'RTMP', srt: 'SRT', record: 'Recording' }

function Target({ id, target }) {
  const now = useNow()
  const phase = targetPhase(target)
  const next = nextTry(target.nextRetryAt, now)
  const kind = PLATFORMS[target.platform] ?? KINDS[target.kind] ?? target.kind
  return html`<li class="row" data-target=${target.name}>
    <div class="row-name">
      <h3>${target.name}<small>${kind}</small></h3>
      <p class="cut address" title=${target.url}>${target.url}</p>
    </div>
    <div class="row-state"><${State} phase=${phase} /></div>
    <dl class="row-figures">
      <div><dt>Bitrate</dt><dd>${bitrate(phase === 'live' ? target.bitrate : null)}</dd></div>
      <div><dt>Queue</dt><dd>${Math.round(target.queueMs)} ms</dd></div>
      <div><dt>Dropped</dt><dd>${target.dropped}</dd></div>
      <div><dt>Reconnects</dt><dd>${target.reconnects}</dd></div>
    </dl>
    <p class="row-reason">${
      target.reason &&
      html`<span
      title=${target.reason.code}>${target.reason.message}</span>`
    }${
      next &&
      html`<span
        class="next">${next}</span>`
    }</p>
    <${Buttons} id=${id} target=${target} phase=${phase} />
  </li>`
}

/** A second click of a double one must not undo what the first one did: the button has another meaning by then. */
const REST_MS = 1000

/** One place, one button: what is off can be started, what is on can be stopped. */
function Buttons({ id, target, phase }) {
  const [busy, setBusy] = useState(false)
  const [asks, setAsks] = useState(false)
  const [problem, setProblem] = useState(null)
  // What is drawn lags behind clicks.
  const isBusy = useRef(false)
  if (!may('operator')) return null
  const off = phase === 'stopped' || phase === 'disabled' || phase === 'failed' || phase === 'idle'
  const send = word => post(channelPath(id, `/targets/${encodeURIComponent(target.name)}:${word}`))
  const rest = on => {
    isBusy.current = on
    setBusy(on)
  }
  const act = async () => {
    if (isBusy.current) return
    if (phase === 'live') return setAsks(true)
    rest(true)
    setProblem(null)
    try {
      await send(off ? 'start' : 'stop')
    } catch (error) {
      setProblem(error)
    }
    setTimeout(() => rest(false), REST_MS)
  }
  return html`<div class="row-buttons">
    <button type="button" aria-disabled=${busy} onClick=${act}>${off ? 'Start' : 'Stop'}<span
      class="unseen"> ${target.name}</span></button>
    <p class="fault" role="alert">${problem && `${problem.message} ${problem.remedy}`}</p>
    ${
      asks &&
      html`<${Confirm} title=${`Stop ${target.name}?`} button="Stop" act=${() => send('stop')}
        onClose=${() => setAsks(false)}><p>${
          target.kind === 'record' ? 'The file is closed.' : 'Viewers see the stream end.'
        } It stays off until somebody starts it.</p><//>`
    }
  </div>`
}
