/** The live picture: FLV over a WebSocket, played by mpegts.js, which is loaded when the first one is wanted. */
import { API, channelPath } from './api.js'

const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 15_000
const LOOK_MS = 1000
/** A picture that stands still for so long is no live picture. */
const STILL_LOOKS = 3
/** After so long without another picture the player begins again. */
const LOST_LOOKS = 12
/** Of the header of FLV, with which each stream begins. */
const FLV = [0x46, 0x4c, 0x56]

/** Until the browser has opened its buffer: a second of 128 Mbit/s. */
const MOST_WAITING_BYTES = 16 << 20

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
 * Plays until it is closed, and begins again when the stream ends or stands still. `tell` hears { phase: 'loading' |
 * 'playing' | 'waiting', message }.
 */
export function play(video, id, side, tell) {
  let socket = null
  let player = null
  let timer
  let closed = false
  let delayMs = FIRST_DELAY_MS
  let phase = null
  /** Looks in which the picture did not go on. Counted, so that those a busy machine left out are not. */
  let still = 0
  let seenTo = 0

  const say = (now, message = '') => {
    if (now === phase && now === 'playing') return
    phase = now
    tell({ phase: now, message })
  }
  const end = () => {
    clearTimeout(timer)
    clearInterval(timer)
    if (socket) socket.onmessage = socket.onclose = null
    socket?.close()
    socket = null
    player?.destroy()
    player = null
  }
  const again = message => {
    if (closed) return
    end()
    say('waiting', message)
    timer = setTimeout(connect, delayMs)
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
  }
  const broken = how => (phase === 'loading' ? 'No picture came.' : `The live picture ${how}.`)
  const shown = () => {
    still = 0
    delayMs = FIRST_DELAY_MS
    say('playing')
  }
  const look = () => {
    const moves = video.currentTime !== seenTo && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
    seenTo = video.currentTime
    if (moves) return shown()
    still++
    if (still >= LOST_LOOKS) return again(broken('broke off'))
    if (still >= STILL_LOOKS && phase === 'playing') say('waiting', 'The live picture stands still.')
  }
  const connect = async () => {
    say('loading')
    still = 0
    try {
      const mpegts = await loadMpegts()
      if (closed) return
      const origin = location.origin.replace(/^http/, 'ws')
      socket = new WebSocket(`${origin}${API}${channelPath(id, `/preview?side=${side}`)}`)
      socket.binaryType = 'arraybuffer'
      socket.onmessage = ({ data }) => {
        if (begins(data)) begin(mpegts)
        player?.take(data)
      }
      socket.onclose = () => again(broken('ended'))
      timer = setInterval(look, LOOK_MS)
    } catch (error) {
      again(error.message)
    }
  }
  /** Another source, codec or size is another stream in the same socket; a player takes one alone. */
  const begin = mpegts => {
    player?.destroy()
    player = null
    still = 0
    say('loading')
    try {
      player = open(mpegts, socket.url, video, () => again('The live picture broke off.'))
    } catch (error) {
      again(error.message)
    }
  }

  video.addEventListener('playing', shown)
  connect()
  return {
    close() {
      closed = true
      video.removeEventListener('playing', shown)
      end()
    },
  }
}

/** Each header of FLV has a message's begin for itself. */
function begins(message) {
  const head = new Uint8Array(message, 0, Math.min(FLV.length, message.byteLength))
  return FLV.every((byte, i) => head[i] === byte)
}

/** A player of one stream, which gets its bytes from us. */
function open(mpegts, url, video, onError) {
  let loader = null
  let waiting = []
  let waitingBytes = 0
  let over = false
  const fail = () => over || onError()
  class Loader extends mpegts.BaseLoader {
    taken = 0
    constructor() {
      super('preview')
      this._needStash = true
    }
    open() {
      this._status = mpegts.LoaderStatus.kBuffering
      // A browser whose buffer was full asks a second time, for what is gone.
      if (loader) return queueMicrotask(fail)
      loader = this
      for (const bytes of waiting) this.take(bytes)
      waiting = []
    }
    abort() {
      this._status = mpegts.LoaderStatus.kComplete
    }
    take(bytes) {
      const from = this.taken
      this.taken += bytes.byteLength
      this._onDataArrival?.(bytes, from, this.taken)
    }
  }
  const player = mpegts.createPlayer(
    { type: 'flv', isLive: true, url },
    {
      customLoader: Loader,
      enableWorker: false,
      enableStashBuffer: false,
      lazyLoad: false,
      liveSync: true,
      autoCleanupSourceBuffer: true,
      autoCleanupMaxBackwardDuration: 20,
      autoCleanupMinBackwardDuration: 8,
    },
  )
  player.on(mpegts.Events.ERROR, fail)
  player.attachMediaElement(video)
  player.load()
  // A close interrupts it, which is no fault; where a browser refuses it, the picture stands still, which is told.
  player.play().catch(() => null)
  return {
    take(bytes) {
      if (loader) return loader.take(bytes)
      waiting.push(bytes)
      waitingBytes += bytes.byteLength
      if (waitingBytes > MOST_WAITING_BYTES) fail()
    },
    destroy() {
      over = true
      player.destroy()
    },
  }
}
