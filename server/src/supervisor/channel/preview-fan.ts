/** The previews of one channel: a side is open at its process while somebody looks, and all who look share it. */
import { Observable, type Subscriber } from 'rxjs'
import { Problem } from '../../core/problem.js'
import type { PreviewFrame } from '../../core/server-port.js'
import type { Side } from '../../core/wire.js'
import { flvPrelude } from './flv-prelude.js'

const MOST_VIEWERS = 64

interface Viewer {
  readonly subscriber: Subscriber<PreviewFrame>
  begun: boolean
}

interface Open {
  readonly viewers: Set<Viewer>
  prelude: Buffer | null
}

export class PreviewFan {
  private readonly sides: Record<Side, Open> = {
    in: { viewers: new Set(), prelude: null },
    out: { viewers: new Set(), prelude: null },
  }

  /** @param ask tells the process; what it says is only of interest where it refuses */
  constructor(private readonly ask: (type: 'preview-open' | 'preview-close', side: Side) => Promise<void>) {}

  get viewers(): number {
    return this.sides.in.viewers.size + this.sides.out.viewers.size
  }

  observe(side: Side): Observable<PreviewFrame> {
    return new Observable(subscriber => {
      if (this.viewers >= MOST_VIEWERS) {
        subscriber.error(ended(`${MOST_VIEWERS} previews of this channel are open`))
        return
      }
      const open = this.sides[side]
      const viewer: Viewer = { subscriber, begun: false }
      open.viewers.add(viewer)
      if (open.viewers.size === 1) this.open(side)
      return () => {
        if (!open.viewers.delete(viewer) || open.viewers.size > 0) return
        open.prelude = null
        void this.ask('preview-close', side).catch(() => {})
      }
    })
  }

  take(side: Side, start: boolean, keyframe: boolean, bytes: Buffer): void {
    const open = this.sides[side]
    if (start) open.prelude = flvPrelude(bytes)
    for (const viewer of [...open.viewers]) {
      if (viewer.begun || start) {
        viewer.begun = true
        viewer.subscriber.next({ bytes, start, keyframe })
      } else if (keyframe && open.prelude) {
        viewer.begun = true
        viewer.subscriber.next({ bytes: Buffer.concat([open.prelude, bytes]), start: true, keyframe })
      }
    }
  }

  /** The stream of a side ends for all who look. */
  end(side: Side, why: string): void {
    const open = this.sides[side]
    open.prelude = null
    const viewers = [...open.viewers]
    // Cleared first: nothing is to be closed at the process.
    open.viewers.clear()
    for (const { subscriber } of viewers) subscriber.error(ended(why))
  }

  endAll(why: string): void {
    this.end('in', why)
    this.end('out', why)
  }

  private open(side: Side): void {
    this.ask('preview-open', side).catch((error: Error) => this.end(side, error.message))
  }
}

export const isSide = (side: unknown): side is Side => side === 'in' || side === 'out'

const ended = (why: string) =>
  new Problem(503, 'ERR_PREVIEW_ENDED', `the preview ended: ${why}`, {
    fault: 'peer',
    retryable: true,
    remedy: 'Open it again in a moment.',
  })
