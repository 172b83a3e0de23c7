import type { Meter, MeterPadNames } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import { Meters } from '../../meter/meters'
import { meterPads } from '../../meter/pads'
import { pipelinePoints } from '../../meter/points'
import type { StreamPhase } from '../../core/types'
import type { Graph } from '../../pipelines/graph/graph'
import type { Runner } from '../runner'

interface Attached {
  readonly meters: Meters
  readonly where: MeterPadNames
  detach: (() => void) | null
}

/** The meters of a running pipeline: one for each monitor, with its choice of pads. */
export class PipelineMeters {
  readonly #graph: Graph
  readonly #phase: () => StreamPhase
  readonly #dropped: () => number
  readonly #all: Attached[] = []

  /** @param dropped pictures and packets that slow readers lost */
  constructor(graph: Graph, phase: () => StreamPhase, dropped: () => number) {
    this.#graph = graph
    this.#phase = phase
    this.#dropped = dropped
  }

  setPhase(phase: StreamPhase): void {
    for (const { meters } of this.#all) meters.setPhase(phase)
  }

  attach(runner: Runner): void {
    for (const each of this.#all) this.#attach(each, runner)
  }

  #attach(each: Attached, runner: Runner): void {
    each.detach = each.meters.attach(pipelinePoints(this.#graph, name => runner.element(name), each.where))
  }

  detach(): void {
    for (const each of this.#all) each.detach?.()
  }

  /** @param runner the present pipeline; null: none runs */
  open(metrics: readonly MetricName[], where: MeterPadNames, runner: Runner | null): Meter {
    const meters = new Meters({
      direction: 'pipeline',
      phase: this.#phase,
      dropped: () => ({ queue: this.#dropped() }),
    })
    meters.setPhase(this.#phase())
    // Unknown names throw here, and not later in start().
    meterPads(this.#graph, where)
    const each: Attached = { meters, where, detach: null }
    if (runner) this.#attach(each, runner)
    this.#all.push(each)
    const meter = meters.open(metrics)
    return {
      direction: meter.direction,
      read: () => meter.read(),
      close: () => {
        meter.close()
        each.detach?.()
        if (this.#all.includes(each)) this.#all.splice(this.#all.indexOf(each), 1)
      },
    }
  }
}
