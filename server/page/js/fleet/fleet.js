/** The fleet: its workers, where each channel runs, and what happened at all of them. */
import { EventList } from '../events/log.js'
import { html } from '../lib/html.js'
import { duration } from '../lib/words.js'
import { Mark } from '../marks.js'
import { FleetChannels } from './channels.js'
import { useFleet } from './look.js'
import { Workers } from './workers.js'

export function Fleet() {
  const { view, events, problem } = useFleet()
  if (view === null)
    return html`<h1 class="unseen">Fleet</h1><p class="empty" role="status">${
      problem ? `${problem.message} ${problem.remedy}` : 'Loading the fleet'
    }</p>`
  return html`
    <h1 class="unseen">Fleet</h1>
    <${StoreState} view=${view} problem=${problem} />
    <div class="fleet">
      <${Workers} workers=${view.workers} />
      <${FleetChannels} channels=${view.channels} workers=${view.workers} />
      <section class="panel" aria-labelledby="fleet-events-title">
        <h2 id="fleet-events-title">What happened at all workers</h2>
        <${EventList} events=${events} />
      </section>
    </div>
  `
}

/** Says what people fear first: that something goes off air. */
function StoreState({ view, problem }) {
  const lost = view.storeLost
  return html`<div role="status">${
    (lost || problem) &&
    html`<p class="store-lost"><${Mark} tone="warn" /><span>${
      lost
        ? html`<b>The store of the fleet is away.</b> What is on air goes on; what ends connects again when the store is
          back. This is of ${duration(view.ageMs)} ago.`
        : `${problem.message} ${problem.remedy}`
    }</span></p>`
  }</div>`
}
