/** One channel: its pictures, sound, targets, inputs, the last hour, and what happened. */
import { useNow } from '../lib/clock.js'
import { html } from '../lib/html.js'
import { alerts, channels, events } from '../lib/live.js'
import { useStore } from '../lib/store.js'
import { bitrate, decimals, duration, nextTry } from '../lib/words.js'
import { AlertList } from '../events/alerts.js'
import { EventList } from '../events/log.js'
import { State } from '../marks.js'
import { Actions } from './actions.js'
import { Graphs } from './graphs.js'
import { Inputs } from './inputs.js'
import { SendTo } from './send-to.js'
import { Monitors } from './monitors.js'
import { TargetList } from './targets.js'

/** Alerts that are over and still shown. */
const PAST_ALERTS = 5

export function Channel({ id }) {
  const all = useStore(channels)
  const channel = all?.find(one => one.id === id)
  if (all === null) return html`<p class="empty" role="status">Loading the channel</p>`
  if (!channel) return html`<p class="empty" role="status">There is no channel “${id}”. <a href="/">To the wall</a></p>`
  return html`
    <${Head} channel=${channel} />
    <div class="channel">
      <div class="wide">
        <${Monitors} channel=${channel} />
        <${TargetList} channel=${channel} />
      </div>
      <div class="side">
        <${Inputs} channel=${channel} />
        <${SendTo} channel=${channel} />
        <${Alerts} id=${id} />
        <${Facts} channel=${channel} />
      </div>
      <${Graphs} channel=${channel} />
      <${Log} id=${id} />
    </div>
  `
}

function Head({ channel }) {
  const now = useNow()
  const { status, id } = channel
  const reason = status.reason?.message
  const next = nextTry(status.nextRetryAt, now)
  return html`<div class="channel-head">
    <div class="channel-name">
      <h1>${channel.config.title ?? id}</h1>
      <p>
        <${State} phase=${status.phase} loud
          /> for ${duration(now - status.since)}${
            reason &&
            html`<span
            class="reason">${reason}</span>`
          }${next && html`<span class="next">${next}</span>`}
      </p>
    </div>
    <${Actions} channel=${channel} />
  </div>`
}

/** What goes through, in figures. */
function Facts({ channel }) {
  const { status, figures, process } = channel
  const { video, audio } = status
  const size = video?.width && video.height ? ` ${video.width} × ${video.height}` : ''
  const rows = [
    ['Video', video ? `${video.codec.toUpperCase()}${size}` : '–'],
    ['Sound', audio ? `${audio.codec.toUpperCase()} ${audio.sampleRate ?? '–'} Hz, ${audio.channels ?? '–'} ch` : '–'],
    ['Bitrate in', bitrate(figures.bitrateIn)],
    ['Bitrate out', bitrate(figures.bitrateOut)],
    ['Pictures', decimals(figures.fps, 2, ' fps')],
    ['Loudness', decimals(figures.loudness, 1, ' LUFS')],
    ['Latency', decimals(figures.latencyMs, 0, ' ms')],
    ['Queue', decimals(figures.queueMs, 0, ' ms')],
    ['Dropped', decimals(figures.dropped, 0)],
    ['Starts', `${process.starts}${process.lastExit ? ` (${process.lastExit})` : ''}`],
  ]
  return html`<section class="panel facts" aria-labelledby="facts-title">
    <h2 id="facts-title">Figures</h2>
    <dl>${rows.map(
      ([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="cut"
      title=${value}>${value}</dd></div>`,
    )}</dl>
  </section>`
}

function Alerts({ id }) {
  const all = (useStore(alerts) ?? []).filter(({ channel }) => channel === id)
  const open = all.filter(({ clearedAt }) => clearedAt === null)
  const past = all.filter(({ clearedAt }) => clearedAt !== null).sort((a, b) => b.clearedAt - a.clearedAt)
  return html`<section class="panel alerts" aria-labelledby="alerts-title">
    <h2 id="alerts-title">Alerts</h2>
    <${AlertList} alerts=${[...open, ...past.slice(0, PAST_ALERTS)]} named=${false} />
  </section>`
}

function Log({ id }) {
  const mine = useStore(events).filter(({ channel }) => channel === id)
  return html`<section class="panel log" aria-labelledby="log-title">
    <h2 id="log-title">What happened</h2>
    <${EventList} events=${mine} named=${false} />
  </section>`
}
