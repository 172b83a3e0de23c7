/** All alerts, and all events as they come. */
import { html, useMemo, useState } from '../lib/html.js'
import { alerts, events } from '../lib/live.js'
import { useStore } from '../lib/store.js'
import { AlertList } from './alerts.js'
import { EventList } from './log.js'

/** Alerts that are over and still shown. */
const PAST_ALERTS = 20

export function Events() {
  const all = useStore(alerts)
  const log = useStore(events)
  const [text, setText] = useState('')
  const open = useMemo(() => (all ?? []).filter(({ clearedAt }) => clearedAt === null).sort(worstFirst), [all])
  const past = useMemo(
    () => (all ?? []).filter(({ clearedAt }) => clearedAt !== null).sort((a, b) => b.clearedAt - a.clearedAt),
    [all],
  )
  const shown = text === '' ? log : log.filter(event => holds(event, text.toLowerCase()))
  return html`
    <h1 class="unseen">Events</h1>
    <div class="events-view">
      <section class="panel" aria-labelledby="open-title">
        <h2 id="open-title">Open alerts</h2>
        <${AlertList} alerts=${open} />
        ${
          past.length > 0 &&
          html`<h2 class="below">Alerts that are over</h2><${AlertList}
          alerts=${past.slice(0, PAST_ALERTS)} />`
        }
      </section>
      <section class="panel" aria-labelledby="events-title">
        <div class="panel-head">
          <h2 id="events-title">What happened</h2>
          <label class="filter"><span class="unseen">Only events with the text</span>
            <input type="search" placeholder="Filter" value=${text} onInput=${event => setText(event.target.value)} />
          </label>
        </div>
        <${EventList} events=${shown} />
      </section>
    </div>
  `
}

const worstFirst = (a, b) =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical') || b.raisedAt - a.raisedAt

const holds = ({ type, channel, user, message }, text) =>
  [type, channel, user, message].some(part => part?.toLowerCase().includes(text))
