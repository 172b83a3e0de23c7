import type { Logger } from '../../core/types'
import type { GstValue } from '../../pipelines/graph/graph'
import type { Runner } from '../runner'

/** The properties that a program has set since the graph was given: a pipeline that is made anew gets them, too. */
export class KeptProps {
  readonly #elements = new Map<string, Map<string, GstValue>>()

  keep(element: string, props: readonly (readonly [string, GstValue])[]): void {
    const kept = this.#elements.get(element) ?? new Map<string, GstValue>()
    this.#elements.set(element, kept)
    // The last one that was set counts last: one property may change another.
    for (const [name, value] of props) {
      kept.delete(name)
      kept.set(name, value)
    }
  }

  /** What does not fit the new pipeline is told, and left out: a pad may not be there yet. */
  apply(runner: Runner, logger: Logger): void {
    for (const [element, kept] of this.#elements) {
      for (const prop of kept) {
        try {
          runner.set(element, [prop])
        } catch (error) {
          logger.warn(`${element}: ${prop[0]} was not set again: ${error instanceof Error ? error.message : 'failed'}`)
        }
      }
    }
  }
}
