/** The wall: a tile a channel, always at the same place. */
import { html, useMemo, useRef, useState } from '../lib/html.js'
import { channels } from '../lib/live.js'
import { useStore } from '../lib/store.js'
import { stateOf, worstAlert } from '../lib/words.js'
import { Mark } from '../marks.js'
import { Tile } from './tile.js'

/** Groups of channels that can be looked at alone, by the tone of their state or alert. */
const GROUPS = [
  ['all', 'All', null],
  ['bad', 'Down or critical', 'bad'],
  ['warn', 'Warning', 'warn'],
  ['good', 'Live', 'good'],
  ['off', 'Stopped', 'off'],
]

/** The group of a channel: the worse one of its state and its worst alert. */
export function groupOf({ status, alerts }) {
  const { tone } = stateOf(status.phase)
  const alert = worstAlert(alerts)
  if (tone === 'bad' || alert?.severity === 'critical') return 'bad'
  if (tone === 'warn' || tone === 'busy' || alert) return 'warn'
  return tone
}

export function Wall() {
  const all = useStore(channels)
  const [group, setGroup] = useState('all')
  const grid = useRef(null)
  const counts = useMemo(() => countGroups(all ?? []), [all])
  if (all === null) return html`<h1 class="unseen">Wall</h1><p class="empty" role="status">Loading the channels</p>`
  if (all.length === 0)
    return html`<h1 class="unseen">Wall</h1>
      <p class="empty">No channel yet. <a href="/configuration">The configuration</a> is where one begins.</p>`
  const shown = all.filter(channel => group === 'all' || groupOf(channel) === group)
  return html`
    <h1 class="unseen">Wall</h1>
    <div class="groups" role="group" aria-label="Channels shown">
      ${GROUPS.map(
        ([name, word, tone]) => html`<button
          key=${name} type="button" class="group" aria-pressed=${group === name} onClick=${() => setGroup(name)}
        >${tone && html`<${Mark} tone=${tone} />`}${word}<b>${counts[name] ?? 0}</b></button>`,
      )}
    </div>
    <ul class="tiles" ref=${grid} onKeyDown=${event => moveAmongTiles(event, grid.current)}>
      ${shown.map(channel => html`<${Tile} key=${channel.id} channel=${channel} />`)}
    </ul>
    ${shown.length === 0 && html`<p class="empty" role="status">No channel is in this group.</p>`}
  `
}

function countGroups(all) {
  const counts = { all: all.length }
  for (const channel of all) {
    const group = groupOf(channel)
    counts[group] = (counts[group] ?? 0) + 1
  }
  return counts
}

/** Arrow keys on a picture go to the picture beside, above or below it. */
function moveAmongTiles(event, grid) {
  const pictures = [...grid.querySelectorAll('.tile-picture')]
  const at = pictures.indexOf(document.activeElement)
  if (at < 0) return
  const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }
  const next = pictures[at + (steps[event.key] ?? Number.NaN)]
  if (!next) return
  event.preventDefault()
  next.focus()
}
