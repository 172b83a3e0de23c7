/** The live picture: FLV over a WebSocket, played by mpegts.js, which is loaded when the first one is wanted. */
import { API, channelPath } from './api.js'

const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 15_000
/** No picture for so long after the start is told as a fault. */
const FIRST_PICTURE_MS = 12_000

let loading

function loadMpegts() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = '/vendor/mpegts.js'
    script.onload = () => {
      globalThis.mpegts.LoggingControl.enableAll = false
      resolve(globalThis.mpegts)
    }
    script.onerror = () => {
      loading = undefined
      reject(new Error('the player did not load'))
    }
    document.head.append(script)
  })
  return loading
}

/** Why this browser cannot play the codec; null: it can. */
export function unplayable(video) {
  if (video?.codec !== 'hevc') return null
  const type = 'video/mp4; codecs="hvc1.1.6.L93.B0"'
  return globalThis.MediaSource?.isTypeSupported(type) ? null : 'This browser does not play HEVC.'
}

/**
 * Plays until it is closed, and begins again when the stream ends. `tell` hears { phase: 'loading' | 'playing' |
 * 'waiting', message }.
 */
export function play(video, id, side, tell) {
  let player = null
  let timer
  let closed = false
  let delayMs = FIRST_DELAY_MS

  const end = () => {
    clearTimeout(timer)
    player?.destroy()
    player = null
  }
  const again = message => {
    if (closed) return
    end()
    tell({ phase: 'waiting', message })
    timer = setTimeout(begin, delayMs)
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
  }
  const shown = () => {
    clearTimeout(timer)
    delayMs = FIRST_DELAY_MS
    tell({ phase: 'playing', message: '' })
  }
  const begin = async () => {
    tell({ phase: 'loading', message: '' })
    try {
      const mpegts = await loadMpegts()
      if (closed) return
      player = open(mpegts, id, side, again)
      player.attachMediaElement(video)
      player.load()
      timer = setTimeout(() => again('No picture came.'), FIRST_PICTURE_MS)
      await player.play()
    } catch (error) {
      // A play that a close interrupts is no fault.
      if (!closed && player === null) again(error.message)
    }
  }

  video.addEventListener('playing', shown)
  begin()
  return {
    close() {
      closed = true
      video.removeEventListener('playing', shown)
      end()
    },
  }
}

function open(mpegts, id, side, onEnd) {
  const origin = location.origin.replace(/^http/, 'ws')
  const player = mpegts.createPlayer(
    { type: 'flv', isLive: true, url: `${origin}${API}${channelPath(id, `/preview?side=${side}`)}` },
    {
      enableWorker: false,
      enableStashBuffer: false,
      lazyLoad: false,
      liveSync: true,
      autoCleanupSourceBuffer: true,
      autoCleanupMaxBackwardDuration: 20,
      autoCleanupMinBackwardDuration: 8,
    },
  )
  player.on(mpegts.Events.ERROR, () => onEnd('The live picture broke off.'))
  player.on(mpegts.Events.LOADING_COMPLETE, () => onEnd('The live picture ended.'))
  return player
}
