import type { Socket } from 'node:net'

export interface LaneRule {
  /** Bytes a second. */
  rate: number
  /** ms. */
  delay: number
  frozen: boolean
}

/** Bytes that wait here before the source is read no further. */
const HELD = 64 * 1024
/** The same with a delay, since the bytes under way wait here too. */
const HELD_ON_ITS_WAY = 8 * 1024 * 1024
/** Most milliseconds of the rate that the token bucket holds. */
const BURST = 50

/** One direction of a proxied connection: bytes leave in order, when the rule lets them. */
export class Lane {
  #queue: { bytes: Buffer; due: number }[] = []
  #held = 0
  #ended = false
  #dropping = false
  #tokens = 0
  #filledAt = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly rule: LaneRule,
    private readonly count: (bytes: number) => void,
  ) {
    source.on('data', bytes => this.#take(bytes))
    source.on('end', () => ((this.#ended = true), this.#pump()))
    sink.on('drain', () => this.#pump())
    sink.on('close', () => (this.drop(), source.destroySoon()))
    if (rule.frozen) source.pause()
  }

  /** Sets another rule. */
  changed(): void {
    // The new rate counts from here on, and not for the time before.
    this.#tokens = 0
    this.#filledAt = performance.now()
    this.#pump()
  }

  /**
   * Drops all bytes that wait and that still come. It reads on, so that the source's kernel sends no reset.
   */
  drop(): void {
    clearTimeout(this.#timer)
    this.#dropping = true
    this.#queue = []
    this.#held = 0
    this.source.resume()
  }

  #take(bytes: Buffer): void {
    if (this.#dropping) return
    this.#queue.push({ bytes, due: performance.now() + this.rule.delay })
    this.#held += bytes.length
    this.#pump()
  }

  #pump(): void {
    clearTimeout(this.#timer)
    if (this.#dropping) return
    const { rule, sink, source } = this
    let wait = Infinity
    while (!rule.frozen && this.#queue.length > 0 && !sink.writableNeedDrain && !sink.writableEnded) {
      const [first] = this.#queue
      const now = performance.now()
      wait = first!.due - now
      if (wait > 0) break
      const allowed = Math.min(first!.bytes.length, this.#allowance(now))
      wait = ((Math.min(first!.bytes.length, 256) - allowed) / rule.rate) * 1000
      if (allowed < Math.min(first!.bytes.length, 256)) break
      this.#write(allowed)
    }
    if (rule.frozen || this.#held > (rule.delay > 0 ? HELD_ON_ITS_WAY : HELD)) source.pause()
    else source.resume()
    if (this.#queue.length === 0 && this.#ended && !rule.frozen && !sink.writableEnded) sink.end()
    else if (!rule.frozen && this.#queue.length > 0 && wait < Infinity) {
      this.#timer = setTimeout(() => this.#pump(), Math.max(1, wait))
    }
  }

  /** Whole bytes that the bucket holds now. */
  #allowance(now: number): number {
    const { rate } = this.rule
    if (rate === Infinity) return Infinity
    const most = Math.max(256, (rate * BURST) / 1000)
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) * rate) / 1000)
    this.#filledAt = now
    return Math.floor(this.#tokens)
  }

  #write(length: number): void {
    const first = this.#queue[0]!
    const part = first.bytes.subarray(0, length)
    if (length >= first.bytes.length) this.#queue.shift()
    else first.bytes = first.bytes.subarray(length)
    this.#held -= part.length
    if (this.rule.rate !== Infinity) this.#tokens -= part.length
    this.count(part.length)
    this.sink.write(part)
  }
}
