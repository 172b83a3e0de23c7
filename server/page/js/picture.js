/** The picture of a channel: the last thumbnail, and the live picture over it. */
import { API, channelPath } from './lib/api.js'
import { html, useEffect, useRef, useState } from './lib/html.js'
import { play } from './lib/player.js'
import { createMeter, useSound } from './lib/sound.js'

const THUMBNAIL_MS = 5000
/** The first picture is taken when somebody asks for one. */
const AGAIN_MS = 1000
const MOST_TRIES = 5

/** Whether a picture can be asked for. */
export const mayShow = ({ status, thumbnailAt }) =>
  thumbnailAt !== null || status.phase === 'live' || status.phase === 'filling'

/** The thumbnail; a new one each five seconds while it is visible. `any`: the channel may have one. */
export function Thumbnail({ id, any, visible }) {
  const [shown, setShown] = useState(null)
  const [broken, setBroken] = useState(false)
  const tries = useRef(0)
  const look = () => {
    setBroken(false)
    setShown(Date.now())
  }
  useEffect(() => {
    if (!visible || !any) return
    tries.current = 0
    look()
    const timer = setInterval(look, THUMBNAIL_MS)
    return () => clearInterval(timer)
  }, [visible, any])
  useEffect(() => {
    if (!broken || !visible || !any || tries.current >= MOST_TRIES) return
    tries.current++
    const timer = setTimeout(look, AGAIN_MS)
    return () => clearTimeout(timer)
  }, [broken, visible, any])
  if (!any || shown === null || broken)
    return html`<span class="no-picture">${(!any || tries.current >= MOST_TRIES) && 'No picture'}</span>`
  const src = `${API}${channelPath(id, `/thumbnail.jpg?at=${shown}`)}`
  return html`<img class="picture-still" src=${src} alt="" width="320" height="180" onError=${() => setBroken(true)} />`
}

/**
 * The live picture as long as the component is there. `onMeter` gets its meter while the browser lets sound run, and
 * null when it is gone.
 */
export function Live({ id, side, listen = false, onMeter = null }) {
  const video = useRef(null)
  const meter = useRef(null)
  const heard = useRef(false)
  heard.current ||= listen || onMeter !== null
  const sound = useSound(heard.current)
  /** Number of the element: one whose sound was taken stands still without sound, so that another one follows it. */
  const [element, setElement] = useState(0)
  const [state, setState] = useState({ phase: 'loading', message: '' })
  useEffect(() => {
    video.current.muted = true
    const playing = play(video.current, id, side, setState)
    return () => {
      playing.close()
      meter.current?.close()
      meter.current = null
      onMeter?.(null)
    }
  }, [id, side, element])
  useEffect(() => {
    if (sound === 'blocked' && meter.current) setElement(element + 1)
    if (sound === 'running' && !meter.current) {
      meter.current = createMeter(video.current)
      onMeter?.(meter.current)
    }
    meter.current?.listen(listen)
  }, [id, side, element, sound, listen])
  return html`
    <video key=${element} ref=${video} class="picture-live" data-phase=${state.phase} playsinline
      disablepictureinpicture></video>
    ${
      state.phase !== 'playing' &&
      html`<span
      class="picture-note">${state.message || 'Loading the live picture'}</span>`
    }
  `
}
