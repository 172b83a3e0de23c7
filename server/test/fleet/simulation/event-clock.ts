/** A clock whose time passes from one timer to the next, for many thousands of them. */
import type { Clock } from 'rxgst/checks'

interface Timer {
  readonly at: number
  /** Of two that are due at once the earlier one comes first. */
  readonly number: number
  fn: (() => void) | null
}

const START_UNIX_MS = 1_800_000_000_000

export class EventClock implements Clock {
  private time = 0
  private count = 0
  /** A binary heap. */
  private readonly heap: Timer[] = []

  now(): number {
    return this.time
  }

  unix(): number {
    return START_UNIX_MS + Math.floor(this.time)
  }

  setTimeout(fn: () => void, ms: number): Timer {
    const timer: Timer = { at: this.time + Math.max(0, ms), number: ++this.count, fn }
    const { heap } = this
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(timer, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = timer
    return timer
  }

  clearTimeout(handle: unknown): void {
    if (handle) (handle as Timer).fn = null
  }

  wait(ms: number): Promise<void> {
    return new Promise(resolve => this.setTimeout(resolve, ms))
  }

  /** Lets time pass until then, or until `done`: each timer runs at its time, and what it began settles. */
  async run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await settled()
    while (!done()) {
      const next = this.heap[0]
      if (!next || next.at > untilMs) {
        this.time = untilMs
        return
      }
      this.removeFirst()
      if (!next.fn) continue
      this.time = next.at
      next.fn()
      await settled()
    }
  }

  private removeFirst(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

const before = (one: Timer, other: Timer): boolean =>
  one.at < other.at || (one.at === other.at && one.number < other.number)

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}
