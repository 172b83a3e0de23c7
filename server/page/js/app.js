/** The frame of all views: who is logged in, where one can go, what is lost. */
import { Channel } from './channel/channel.js'
import { Configuration } from './configuration/configuration.js'
import { Events } from './events/events.js'
import { Fleet } from './fleet/fleet.js'
import { ask } from './lib/api.js'
import { html, useEffect, useMemo, useState } from './lib/html.js'
import { useNow } from './lib/clock.js'
import { alerts, connection, reconnectNow, startLive, stopLive } from './lib/live.js'
import { route } from './lib/router.js'
import { session } from './lib/session.js'
import { useStore } from './lib/store.js'
import { clockTime, plural } from './lib/words.js'
import { Login } from './login.js'
import { Wall } from './wall/wall.js'

const TITLES = { wall: 'Wall', events: 'Events', configuration: 'Configuration', fleet: 'Fleet' }
const RETRY_MS = 3000

export function App() {
  const user = useStore(session.store)
  const [problem, setProblem] = useState(null)
  useEffect(() => {
    if (user !== undefined) return
    let timer
    const look = async () => {
      try {
        session.begin(await ask('GET', '/session'))
      } catch (error) {
        if (error.status === 401) return session.leave()
        setProblem(error)
        timer = setTimeout(look, RETRY_MS)
      }
    }
    look()
    return () => clearTimeout(timer)
  }, [user])
  if (user === undefined)
    return html`<main class="alone"><p
      role="status">${problem ? `${problem.message} Trying again.` : 'Loading'}</p></main>`
  if (user === null) return html`<${Login} />`
  return html`<${Frame} user=${user} />`
}

function Frame({ user }) {
  const at = useStore(route)
  const { lostAt } = useStore(connection)
  useEffect(() => {
    startLive()
    return stopLive
  }, [])
  const open = useOpenAlerts()
  const name = at.view === 'channel' ? at.id : TITLES[at.view]
  useEffect(() => {
    document.title = `${open.length > 0 ? `(${open.length}) ` : ''}${name} · rxgst`
  }, [name, open.length])
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href="/" aria-label="rxgst, to the wall"><img src="/icon.svg" alt="" width="24" height="24"
        />rxgst</a>
      <nav aria-label="Views">
        <${Tab} href="/" here=${at.view === 'wall' || at.view === 'channel'}>Wall<//>
        <${Tab} href="/events" here=${at.view === 'events'}>
          Events
          <${Badge} open=${open} />
        <//>
        <${Tab} href="/configuration" here=${at.view === 'configuration'}>
          <span class="long">Configuration</span><span class="short" aria-hidden="true">Config</span>
        <//>
        ${user.fleet && html`<${Tab} href="/fleet" here=${at.view === 'fleet'}>Fleet<//>`}
      </nav>
      <${Clock} />
      <${User} user=${user} />
    </header>
    <${Lost} />
    <main id="main" tabindex="-1" class=${lostAt === null ? '' : 'stale'}>
      ${at.view === 'wall' && html`<${Wall} />`}
      ${at.view === 'channel' && html`<${Channel} key=${at.id} id=${at.id} />`}
      ${at.view === 'configuration' && html`<${Configuration} />`}
      ${at.view === 'events' && html`<${Events} />`}
      ${at.view === 'fleet' && (user.fleet ? html`<${Fleet} />` : html`<${NoFleet} />`)}
    </main>
    <${Announcer} open=${open} />
  `
}

function NoFleet() {
  return html`<h1 class="unseen">Fleet</h1><p class="empty">This server is not one of a fleet.</p>`
}

function useOpenAlerts() {
  const all = useStore(alerts)
  return useMemo(() => (all ?? []).filter(({ clearedAt }) => clearedAt === null), [all])
}

function Tab({ href, here, children }) {
  return html`<a class="tab" href=${href} aria-current=${here ? 'page' : undefined}>${children}</a>`
}

function Badge({ open }) {
  if (open.length === 0) return null
  const critical = open.some(({ severity }) => severity === 'critical')
  return html`<span class="badge ${critical ? 'bad' : 'warn'}"
    aria-label=${plural(open.length, 'open alert')}>${open.length}</span>`
}

function Clock() {
  const now = useNow()
  return html`<time class="clock" aria-hidden="true">${clockTime(now)}</time>`
}

function User({ user }) {
  const leave = async () => {
    await ask('DELETE', '/session').catch(() => null)
    session.leave()
  }
  return html`<div class="user">
    <span class="who" title=${`Role: ${user.role}`}>${user.name}<small>${user.role}</small></span>
    <button type="button" class="quiet" onClick=${leave}>Log out</button>
  </div>`
}

/** The bar of a lost connection. It lies over the page: nothing moves. */
function Lost() {
  const { lostAt, retryAt } = useStore(connection)
  const now = useNow()
  if (lostAt === null) return html`<div role="alert"></div>`
  const s = retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1000)
  return html`<div role="alert" class="lost" data-now=${now}>
    <span><strong>Connection lost.</strong> What you see is of ${clockTime(lostAt)}.</span>
    <span aria-hidden="true">${s > 0 ? `Next try in ${s} s` : 'Trying'}</span>
    <button type="button" onClick=${reconnectNow}>Try now</button>
  </div>`
}

/** Tells readers of the screen which alert is new. */
function Announcer({ open }) {
  const [known] = useState(() => new Set())
  const fresh = open.filter(({ id }) => !known.has(id))
  useEffect(() => {
    for (const { id } of fresh) known.add(id)
  }, [fresh])
  const [text, setText] = useState('')
  useEffect(() => {
    if (fresh.length > 0) setText(fresh.map(({ channel, message }) => `${channel}: ${message}`).join('. '))
  }, [fresh])
  return html`<div class="unseen" role="status" aria-live="polite">${text}</div>`
}
