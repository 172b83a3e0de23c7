import { Counter, type Registry } from 'prom-client'
import type { GroupReading } from './observation'

/**
 * Series of the groups of an output whose targets have encodes of their own. The label `group` has at most sixteen
 * values for an output, since the numbers of groups that have ended are used again.
 */
export class GroupSeries {
  readonly #frames: Counter<string>
  readonly #bytes: Counter<string>
  readonly #dropped: Counter<string>

  constructor(registry: Registry, labels: readonly string[]) {
    const common = { labelNames: [...labels, 'group'], registers: [registry] }
    this.#frames = new Counter({ ...common, name: 'rxgst_group_frames_total', help: 'Encoded pictures of a group.' })
    this.#bytes = new Counter({ ...common, name: 'rxgst_group_bytes_total', help: 'Encoded payload of a group.' })
    this.#dropped = new Counter({
      ...common,
      name: 'rxgst_group_dropped_total',
      help: 'Pictures for which the encoder of a group had no room.',
    })
  }

  reset(): void {
    for (const one of [this.#frames, this.#bytes, this.#dropped]) one.reset()
  }

  fill(labels: Readonly<Record<string, string>>, groups: readonly GroupReading[]): void {
    for (const { id, packets, bytes, dropped } of groups) {
      const own = { ...labels, group: id }
      this.#frames.inc(own, packets)
      this.#bytes.inc(own, bytes)
      this.#dropped.inc(own, dropped)
    }
  }
}
