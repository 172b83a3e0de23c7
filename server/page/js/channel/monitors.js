/** The picture that comes in and the one that goes out, side by side, each with the meter of its sound. */
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { unplayable } from '../lib/player.js'
import { useSound } from '../lib/sound.js'
import { useVisible } from '../lib/visible.js'
import { Live, Thumbnail, mayShow } from '../picture.js'
import { LoudnessBar, Meter } from './meters.js'

const WISH = 'rxgst-live'

/** Whether live pictures are wanted: kept in this browser. */
function readWish() {
  try {
    return localStorage.getItem(WISH) !== 'no'
  } catch {
    return true
  }
}

function keepWish(wanted) {
  try {
    localStorage.setItem(WISH, wanted ? 'yes' : 'no')
  } catch {
    // A browser that keeps nothing asks for them each time.
  }
}

export function Monitors({ channel }) {
  const ref = useRef(null)
  const visible = useVisible(ref)
  const [wanted, setWanted] = useState(readWish)
  const [listening, setListening] = useState(null)
  const why = unplayable(channel.status.video)
  const stopped = channel.status.phase === 'stopped'
  const on = wanted && visible && why === null && !stopped
  const sound = useSound(on)
  useEffect(() => {
    if (!on) setListening(null)
  }, [on])
  const toggle = () => {
    keepWish(!wanted)
    setWanted(!wanted)
  }
  return html`<section class="panel monitors" ref=${ref} aria-labelledby="monitors-title">
    <div class="panel-head">
      <h2 id="monitors-title">Pictures</h2>
      <span class="note">${why ?? (on && sound === 'blocked' && 'The meters begin with a click or a key.')}</span>
      <button type="button" aria-pressed=${wanted} aria-disabled=${why !== null}
        onClick=${toggle}>Live pictures: ${wanted ? 'on' : 'off'}</button>
    </div>
    <div class="monitor-pair">
      ${['in', 'out'].map(
        side => html`<${Monitor}
          key=${side} side=${side} channel=${channel} on=${on} visible=${visible} listen=${listening === side}
          onListen=${wish => setListening(wish ? side : null)}
        />`,
      )}
    </div>
    <${LoudnessBar} value=${channel.figures.loudness} />
  </section>`
}

const WORDS = { in: 'In', out: 'Out' }

function Monitor({ side, channel, on, visible, listen, onListen }) {
  const [meter, setMeter] = useState(null)
  return html`<figure class="monitor" data-side=${side}>
    <div class="frame">
      ${
        side === 'out'
          ? html`<${Thumbnail} id=${channel.id} any=${mayShow(channel)} visible=${visible}
        />`
          : html`<span class="no-picture"></span>`
      }
      ${
        on
          ? html`<${Live} id=${channel.id} side=${side} listen=${listen} onMeter=${setMeter}
        />`
          : side === 'in' && html`<span class="no-picture">No picture</span>`
      }
    </div>
    <${Meter} meter=${meter} name=${WORDS[side]} />
    <figcaption>
      <b>${WORDS[side]}</b>
      <button type="button" aria-pressed=${listen} aria-disabled=${!on} onClick=${() => on && onListen(!listen)}>
        ${listen ? 'Mute' : 'Listen'}<span
          class="unseen"> ${side === 'in' ? 'to what comes in' : 'to what goes out'}</span>
      </button>
    </figcaption>
  </figure>`
}
