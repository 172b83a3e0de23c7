import type { RxGstError } from '../../core/errors'
import type { GraphElement } from '../../pipelines/graph/graph'
import { PushPort, PushTimes } from './push-port'
import type { PipelineStats } from './run-types'
import type { Runner } from '../runner'

/** The ports of a graph's appsrcs into which the program pushes, over all pipelines of the graph. */
export class PushPorts {
  readonly #goesOn: boolean
  readonly #times = new PushTimes()
  readonly #ports = new Map<string, PushPort>()
  /** The present pipeline; null: none is open. */
  #runner: Runner | null = null
  #open = false

  /** @param goesOn whether another pipeline may follow one that is lost */
  constructor(goesOn: boolean) {
    this.#goesOn = goesOn
  }

  port(element: GraphElement): PushPort {
    const known = this.#ports.get(element.name)
    if (known) return known
    const port = new PushPort(element, this.#times, this.#goesOn)
    this.#ports.set(element.name, port)
    if (this.#runner) port.attach(this.#runner.element(element.name))
    if (this.#open) port.open()
    return port
  }

  /** The pipeline is built; nothing is pushed yet. */
  attach(runner: Runner): void {
    this.#runner = runner
    for (const [name, port] of this.#ports) port.attach(runner.element(name))
  }

  /** @param again whether another pipeline was there before */
  open(again: boolean): void {
    this.#open = true
    const ports = [...this.#ports.values()]
    if (again) {
      const first = ports.flatMap(({ firstUs }) => firstUs ?? [])
      this.#times.renew(first.length > 0 ? Math.min(...first) : null)
    }
    for (const port of ports) port.open()
  }

  /** The pipeline is lost, and another one follows. */
  detach(): void {
    this.#runner = null
    this.#open = false
    for (const port of this.#ports.values()) port.detach()
  }

  close(error: RxGstError): void {
    for (const port of this.#ports.values()) port.close(error)
  }

  stats(): PipelineStats['sources'] {
    return Object.fromEntries([...this.#ports].map(([name, port]) => [name, port.stats()]))
  }
}
