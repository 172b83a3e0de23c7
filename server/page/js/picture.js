/** The picture of a channel: the last thumbnail, and the live picture over it. */
import { API, channelPath } from './lib/api.js'
import { html, useEffect, useRef, useState } from './lib/html.js'
import { play } from './lib/player.js'
import { createMeter, mayBegin, whenTouched } from './lib/sound.js'

const THUMBNAIL_MS = 5000

/** The thumbnail; a new one each five seconds while it is visible. */
export function Thumbnail({ id, at, visible }) {
  const [shown, setShown] = useState(null)
  const [broken, setBroken] = useState(false)
  const latest = useRef(at)
  latest.current = at
  const any = at !== null
  useEffect(() => {
    if (!visible) return
    const look = () => {
      setBroken(false)
      setShown(latest.current)
    }
    look()
    const timer = setInterval(look, THUMBNAIL_MS)
    return () => clearInterval(timer)
  }, [visible, any])
  if (!any || shown === null || broken)
    return html`<span class="no-picture">${any && !broken ? '' : 'No picture'}</span>`
  const src = `${API}${channelPath(id, `/thumbnail.jpg?at=${shown}`)}`
  return html`<img class="picture-still" src=${src} alt="" width="320" height="180" onError=${() => setBroken(true)} />`
}

/**
 * The live picture as long as the component is there. `onMeter` gets its meter as soon as the browser lets sound begin,
 * and null when it is gone.
 */
export function Live({ id, side, listen = false, onMeter = null }) {
  const video = useRef(null)
  const meter = useRef(null)
  const [state, setState] = useState({ phase: 'loading', message: '' })
  useEffect(() => {
    const element = video.current
    element.muted = true
    const playing = play(element, id, side, setState)
    const measure = () => {
      meter.current = createMeter(element)
      meter.current.listen(false)
      onMeter?.(meter.current)
    }
    let forget = () => {}
    if (onMeter && mayBegin()) measure()
    else if (onMeter) forget = whenTouched(measure)
    return () => {
      forget()
      playing.close()
      meter.current?.close()
      meter.current = null
      onMeter?.(null)
    }
  }, [id, side])
  useEffect(() => {
    if (listen) meter.current ??= createMeter(video.current)
    meter.current?.listen(listen)
  }, [listen])
  return html`
    <video ref=${video} class="picture-live" data-phase=${state.phase} playsinline disablepictureinpicture></video>
    ${
      state.phase !== 'playing' &&
      html`<span
      class="picture-note">${state.message || 'Loading the live picture'}</span>`
    }
  `
}
