import { METER, type Direction, type Meter, type Metered, type Reading } from '../../src/meter/meter'
import type { MetricName } from '../../src/meter/metrics'
import { reading, type Told } from './readings'

/** A stream whose meters tell what the test says. */
export class FakeStream implements Metered {
  told: Told & { bytes?: { video: number; audio: number } } = {}
  /** What each meter was asked for, and how many are open. */
  readonly asked: (readonly MetricName[])[] = []
  open = 0
  reads = 0
  fails = false

  constructor(readonly direction: Direction = 'in') {}

  [METER](metrics: readonly MetricName[]): Meter {
    this.asked.push(metrics)
    this.open++
    let closed = false
    return {
      direction: this.direction,
      read: () => this.#read(),
      close: () => {
        if (!closed) this.open--
        closed = true
      },
    }
  }

  #read(): Reading {
    this.reads++
    if (this.fails) throw new Error('the meter is broken')
    const is = reading(this.told)
    return { ...is, totals: { ...is.totals, bytes: this.told.bytes ?? is.totals.bytes } } as Reading
  }
}
