/** Alerts with what they measured, and the button that says: somebody sees to it. */
import { ask } from '../lib/api.js'
import { useNow } from '../lib/clock.js'
import { html, useState } from '../lib/html.js'
import { lookNow } from '../lib/live.js'
import { may } from '../lib/session.js'
import { ALERT_WORDS, dayTime, duration } from '../lib/words.js'
import { Mark, severityTone } from '../marks.js'

export function AlertList({ alerts, named = true }) {
  const now = useNow()
  if (alerts.length === 0) return html`<p class="note">No alerts.</p>`
  return html`<ul
    class="alert-list">${alerts.map(
      alert => html`<${Alert} key=${alert.id} alert=${alert} now=${now} named=${named}
      />`,
    )}</ul>`
}

function Alert({ alert, now, named }) {
  const { channel, severity, message, rule, raisedAt, clearedAt, clearedBy, acknowledgedBy } = alert
  const open = clearedAt === null
  const tone = open ? severityTone(severity) : 'off'
  return html`<li class="alert ${tone}" data-alert=${rule}>
    <${Mark} tone=${tone} />
    <div>
      <p><b>${ALERT_WORDS[severity]}${open ? '' : ', over'}</b> ${
        named &&
        html`<a
        href=${`/channels/${channel}`}>${channel}</a>${' '}`
      }${message}</p>
      <p class="note">
        ${rule}, since ${dayTime(raisedAt, now)},${' '}
        ${open ? `for ${duration(now - raisedAt)}` : `lasted ${duration(clearedAt - raisedAt)}`}
        ${clearedBy && ` (${clearedBy})`}${acknowledgedBy && `, seen by ${acknowledgedBy}`}
      </p>
    </div>
    ${open && acknowledgedBy === null && may('operator') && html`<${Acknowledge} alert=${alert} />`}
  </li>`
}

function Acknowledge({ alert }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState(null)
  const act = async () => {
    if (busy) return
    setBusy(true)
    try {
      await ask('POST', `/alerts/${encodeURIComponent(alert.id)}:acknowledge`)
      lookNow()
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  return html`<div class="alert-button">
    <button type="button" aria-disabled=${busy} onClick=${act}>Acknowledge<span
      class="unseen"> ${alert.rule} of ${alert.channel}</span></button>
    <p class="fault" role="alert">${problem?.message}</p>
  </div>`
}
