// What mpegts.js takes a browser for, in Node.js: a media element and a MediaSource that keep what they are given and
// decode nothing.

/** The bytes that a player has made for one track: an fMP4 file. */
export interface Made {
  readonly mime: string
  readonly parts: Uint8Array[]
}

class ShimSourceBuffer extends EventTarget {
  updating = false
  timestampOffset = 0
  readonly buffered = { length: 0, start: () => 0, end: () => 0 }

  constructor(readonly made: Made) {
    super()
  }

  appendBuffer(bytes: ArrayBuffer | Uint8Array): void {
    this.made.parts.push(new Uint8Array(bytes instanceof Uint8Array ? bytes.slice() : bytes.slice(0)))
    this.updating = true
    setImmediate(() => {
      this.updating = false
      this.dispatchEvent(new Event('updateend'))
    })
  }

  abort(): void {}
  remove(): void {}
}

class ShimMediaSource extends EventTarget {
  static last: ShimMediaSource | undefined
  static isTypeSupported(): boolean {
    return true
  }

  readyState: 'closed' | 'open' | 'ended' = 'closed'
  duration = NaN
  readonly made: Made[] = []

  constructor() {
    super()
    ShimMediaSource.last = this
  }

  addSourceBuffer(mime: string): ShimSourceBuffer {
    const made: Made = { mime, parts: [] }
    this.made.push(made)
    return new ShimSourceBuffer(made)
  }

  removeSourceBuffer(): void {}

  endOfStream(): void {
    this.readyState = 'ended'
  }

  open(): void {
    this.readyState = 'open'
    this.dispatchEvent(new Event('sourceopen'))
  }
}

class ShimVideo extends EventTarget {
  srcObject: unknown = null
  currentTime = 0
  readyState = 0
  paused = true
  readonly buffered = { length: 0, start: () => 0, end: () => 0 }

  set src(url: string) {
    if (url) setImmediate(() => ShimMediaSource.last?.open())
  }

  removeAttribute(): void {}
  load(): void {}
  pause(): void {}
  canPlayType(): string {
    return ''
  }
  async play(): Promise<void> {}
}

/** Makes this process look like a browser; before mpegts.js is loaded. */
export function shim(): { video: EventTarget; made: () => readonly Made[] } {
  const given = {
    self: globalThis,
    window: globalThis,
    navigator: { userAgent: 'Chrome/150.0.0.0 (Linux)' },
    document: { createElement: () => new ShimVideo() },
    location: { href: 'http://127.0.0.1/', protocol: 'http:' },
    MediaSource: ShimMediaSource,
    // Its statistics, half a second later, ask what the element is.
    HTMLVideoElement: ShimVideo,
  }
  for (const [name, value] of Object.entries(given))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  URL.createObjectURL = () => 'blob:it'
  URL.revokeObjectURL = () => {}
  return { video: new ShimVideo(), made: () => ShimMediaSource.last?.made ?? [] }
}
