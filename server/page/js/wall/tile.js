/** A channel on the wall. Each line has its place, whether there is something to say or not. */
import { useNow } from '../lib/clock.js'
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { unplayable } from '../lib/player.js'
import { useVisible } from '../lib/visible.js'
import { decimals, duration, megabits, nextTry, plural, stateOf, worstAlert } from '../lib/words.js'
import { Mark, State, severityTone } from '../marks.js'
import { Live, Thumbnail, mayShow } from '../picture.js'
import { Targets } from './dots.js'

export function Tile({ channel }) {
  const { id, status, figures, alerts } = channel
  const ref = useRef(null)
  const visible = useVisible(ref)
  const [live, setLive] = useState(false)
  const [listen, setListen] = useState(false)
  useEffect(() => {
    if (!visible) stop()
  }, [visible])
  const stop = () => {
    setLive(false)
    setListen(false)
  }
  const title = channel.config.title ?? id
  const { word, tone } = stateOf(status.phase)
  const alert = worstAlert(alerts)
  const input = status.inputs.find(({ onAir }) => onAir)
  return html`<li ref=${ref} class="tile ${tone}" data-channel=${id}
    data-alert=${alert ? severityTone(alert.severity) : undefined}>
    <div class="tile-top">
      <h2><a href=${`/channels/${id}`} title=${title}>${title}</a></h2>
      <${State} phase=${status.phase} loud />
    </div>
    <div class="frame">
      <${Thumbnail} id=${id} any=${mayShow(channel)} visible=${visible} />
      ${live && html`<${Live} id=${id} side="out" listen=${listen} />`}
      <${PictureButton} title=${title} word=${word} live=${live} why=${unplayable(status.video)}
        onClick=${() => (live ? stop() : setLive(true))} />
      ${
        live &&
        html`<button type="button" class="sound" aria-pressed=${listen} onClick=${() => setListen(!listen)}>
          ${listen ? 'Mute' : 'Sound'}<span class="unseen"> of ${title}</span>
        </button>`
      }
    </div>
    <dl class="tile-figures">
      <div><dt>In</dt><dd>${megabits(figures.bitrateIn)}</dd></div>
      <div><dt>Out</dt><dd>${megabits(figures.bitrateOut)} <small>Mb/s</small></dd></div>
      <div><dt><abbr title="pictures a second">fps</abbr></dt><dd>${decimals(figures.fps, 1)}</dd></div>
    </dl>
    <p class="tile-line"><span class="label">Input</span><span
      class="cut">${input ? input.name : 'none on air'}</span></p>
    <${Targets} id=${id} targets=${status.targets} />
    <${Worst} alert=${alert} count=${alerts.filter(({ clearedAt }) => clearedAt === null).length} status=${status}
      id=${id} />
  </li>`
}

function PictureButton({ title, word, live, why, onClick }) {
  const text = live ? 'Stop the live picture' : 'Live picture'
  return html`<button
    type="button" class="tile-picture" aria-label=${`${text} of ${title}, ${word}`} aria-pressed=${live}
    aria-disabled=${why !== null} title=${why} onClick=${() => why === null && onClick()}
  ><span class="hint" aria-hidden="true">${why ?? text}</span></button>`
}

/** The worst alert; else why the channel is not live, or for how long it has been. */
function Worst({ alert, count, status, id }) {
  const now = useNow()
  if (alert) {
    const tone = severityTone(alert.severity)
    return html`<p class="worst ${tone}">
      <${Mark} tone=${tone} /><a class="two-lines" href=${`/channels/${id}`} title=${alert.message}>${alert.message}</a>
      <span class="more" aria-hidden=${count > 1}>${count > 1 ? `+${count - 1}` : duration(now - alert.raisedAt)}</span>
      ${count > 1 && html`<span class="unseen">${plural(count - 1, 'more alert')}</span>`}
    </p>`
  }
  const text = status.reason?.message ?? `${stateOf(status.phase).word} for ${duration(now - status.since)}`
  return html`<p class="worst">
    <span class="two-lines" title=${text}>${text}</span><span class="more">${nextTry(status.nextRetryAt, now)}</span>
  </p>`
}
