/** Addresses of the page: /, /channels/ID, /configuration, /events, /fleet. */
import { createStore } from './store.js'

export const route = createStore(read())

function read() {
  const [, first = '', second = ''] = location.pathname.split('/')
  if (first === 'channels' && second !== '') return { view: 'channel', id: decodeURIComponent(second) }
  if (first === 'configuration' || first === 'events' || first === 'fleet') return { view: first }
  return { view: 'wall' }
}

export function go(path) {
  if (path !== location.pathname) history.pushState(null, '', path)
  arrive()
}

function arrive() {
  route.set(read())
  scrollTo(0, 0)
  // A reader of the screen begins with the new view.
  requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }))
}

/** Lets links of the page change the view without a load. */
export function startRouter() {
  addEventListener('popstate', () => route.set(read()))
  document.addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="/"]') : null
    if (!link || link.hasAttribute('download') || link.target !== '') return
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    go(link.getAttribute('href'))
  })
}
