/** What happened, the newest first. */
import { useNow } from '../lib/clock.js'
import { html, useState } from '../lib/html.js'
import { dayTime, plural } from '../lib/words.js'

const FIRST_ROWS = 50
const MORE_ROWS = 200

export function EventList({ events, named = true }) {
  const now = useNow()
  const [most, setMost] = useState(FIRST_ROWS)
  if (events.length === 0) return html`<p class="note">Nothing yet.</p>`
  const rest = events.length - most
  return html`
    <ol class="events">
      ${events.slice(0, most).map(
        ({ id, at, worker, type, channel, user, message }) => html`<li key=${id} class="event" data-type=${type}>
          <time datetime=${new Date(at).toISOString()}>${dayTime(at, now)}</time>
          <span class="event-type">${type}</span>
          <p>${worker && html`<span class="note">${worker}</span>${' '}`}${
            named &&
            channel &&
            html`<a
            href=${`/channels/${channel}`}>${channel}</a>${' '}`
          }${message}${
            user &&
            html`<span
              class="note"> by ${user}</span>`
          }</p>
        </li>`,
      )}
    </ol>
    ${
      rest > 0 &&
      html`<button type="button"
      onClick=${() => setMost(most + MORE_ROWS)}>Show more (${plural(rest, 'event')})</button>`
    }
  `
}
