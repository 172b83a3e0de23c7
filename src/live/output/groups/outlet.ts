import type { ElementHandle } from '../../../addon/gst'
import type { Runner } from '../../../engine/runner'
import type { Pacing } from './pacing'

export interface OutletEvents {
  /** The stream has ended, and the encoder does not get that far. */
  onEnded(): void
  /** The encoder takes nothing more, without an error of its own. */
  onBroken(runner: Runner): void
}

/** The way from the pacer to one encoder, and to those that take its place. */
export class Outlet {
  readonly #pacing: Pacing
  readonly #kind: 'pictures' | 'audio'
  readonly #every: number
  readonly #unlisten: () => void
  #runner: Runner | null = null
  #id = 0

  constructor(pacing: Pacing, kind: 'pictures' | 'audio', every: number, events: OutletEvents) {
    this.#pacing = pacing
    this.#kind = kind
    this.#every = every
    this.#unlisten = pacing.listen(() => this.#look(events))
  }

  /** Opens it at the first call: GStreamer has begun. Returns its number; 0: the output is over. */
  open(): number {
    const pacer = this.#pacing.open()
    if (pacer && this.#id === 0) this.#id = pacer.open(this.#kind, this.#every)
    return pacer ? this.#id : 0
  }

  /** This element of an encoder's pipeline gets what comes from now on. */
  attach(runner: Runner, source: ElementHandle): void {
    if (this.open() === 0) return
    this.#runner = runner
    this.#pacing.pacer?.attach(this.#id, source)
  }

  /** The encoder gets nothing more: the pacer's thread may wait for it, and it may never return. */
  detach(): void {
    this.#runner = null
    if (this.#id !== 0) this.#pacing.pacer?.detach(this.#id)
  }

  /** Pictures for which the encoder had no room. */
  get dropped(): number {
    return (this.#id && this.#pacing.pacer?.dropped(this.#id)) || 0
  }

  #look({ onEnded, onBroken }: OutletEvents): void {
    const failure = (this.#id && this.#pacing.pacer?.failure(this.#id)) || null
    if (failure === 'ended') return onEnded()
    const runner = this.#runner
    if (failure !== 'broken' || !runner) return
    // The encoder's own error, which says more, may wait on the bus.
    runner.poll()
    onBroken(runner)
  }

  shut(): void {
    this.#unlisten()
    this.#runner = null
    if (this.#id !== 0) this.#pacing.pacer?.shut(this.#id)
  }
}

/** Plays; whether it could. */
export async function play(runner: Runner): Promise<boolean> {
  const ok = await runner.setState('PLAYING')
  runner.poll()
  return ok
}
