import type { RTMPCapture, RTMPOutput } from 'rxgst'

/** The relay's figures since the last look. */
export interface Status {
  /** Seconds on air. */
  readonly uptime: number
  /** Frames per second: decoded and encoded. */
  readonly fpsIn: number
  readonly fpsOut: number
  /** kbit/s of encoded media: received and encoded. */
  readonly kbitIn: number
  readonly kbitOut: number
  /** Median and maximum delay of the frames since the last look, ms; null without a frame. */
  readonly latency: number | null
  readonly latencyMax: number | null
  /** Frames lost since the start, in and out, and packets that slow targets lost. */
  readonly drops: number
  /** Frames that the output repeated since the start because none was written in time. */
  readonly repeated: number
  /** Phases of the streams: normally 'live'. */
  readonly stateIn: string
  readonly stateOut: string
}

/** Reads the counters of a running relay. */
export class StatusMeter {
  readonly #capture: RTMPCapture
  readonly #output: RTMPOutput
  readonly #begin: Counters
  #last: Counters
  #latencies: number[] = []

  constructor(capture: RTMPCapture, output: RTMPOutput) {
    this.#capture = capture
    this.#output = output
    this.#begin = this.#last = this.#count()
  }

  /** Adds the delay of a frame, ms. */
  add(latency: number): void {
    this.#latencies.push(latency)
  }

  look(): Status {
    const [last, now] = [this.#last, this.#count()]
    this.#last = now
    const seconds = Math.max(now.at - last.at, 1) / 1000
    // A new connection counts from 0 again.
    const rate = (count: number, before: number): number => (count < before ? count : count - before) / seconds
    const latencies = this.#latencies.sort((a, b) => a - b)
    this.#latencies = []
    return {
      uptime: round((now.at - this.#begin.at) / 1000, 1),
      fpsIn: round(rate(now.decoded, last.decoded), 1),
      fpsOut: round(rate(now.packets, last.packets), 1),
      kbitIn: round((rate(now.bytesIn, last.bytesIn) * 8) / 1000, 0),
      kbitOut: round((rate(now.bytesOut, last.bytesOut) * 8) / 1000, 0),
      latency: latencies.length > 0 ? round(latencies[latencies.length >> 1]!, 1) : null,
      latencyMax: latencies.length > 0 ? round(latencies[latencies.length - 1]!, 1) : null,
      drops: Math.max(0, now.drops - this.#begin.drops),
      repeated: now.repeated,
      stateIn: describe(this.#capture),
      stateOut: describe(this.#output),
    }
  }

  #count(): Counters {
    const taken = this.#capture.stats()
    const sent = this.#output.stats()
    return {
      at: performance.now(),
      decoded: taken.decoded,
      bytesIn: taken.bytes,
      packets: sent.packets,
      bytesOut: sent.bytes,
      drops: taken.dropped + sent.dropped + sent.late + sent.droppedNetwork,
      repeated: sent.repeated,
    }
  }
}

type Counters = Readonly<Record<'at' | 'decoded' | 'bytesIn' | 'packets' | 'bytesOut' | 'drops' | 'repeated', number>>

/** The status as one line for a terminal. */
export function statusLine(status: Status, latencyName: string): string {
  const rate = (kbit: number): string => `${(kbit / 1000).toFixed(2)} Mbit/s`
  const latency = status.latency === null ? '-' : `${status.latency.toFixed(0)} ms`
  const parts = [
    `in ${status.fpsIn.toFixed(1)} fps ${rate(status.kbitIn)}`,
    `out ${status.fpsOut.toFixed(1)} fps ${rate(status.kbitOut)}`,
    `${latencyName} ${latency}`,
    `dropped ${status.drops}`,
    `up ${clock(status.uptime)}`,
  ]
  if (status.stateIn !== 'live') parts.push(`in: ${status.stateIn}`)
  if (status.stateOut !== 'live') parts.push(`out: ${status.stateOut}`)
  return parts.join(' | ')
}

function describe({ state: { phase, reason } }: RTMPCapture | RTMPOutput): string {
  return reason === null ? phase : `${phase} (${reason})`
}

function clock(seconds: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}`
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
