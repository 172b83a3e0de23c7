import { Observable, Subject } from 'rxjs'
import { native } from '../../addon/binding'
import type { CaptionTap } from '../../addon/capture'
import type { Changes } from '../../addon/js'
import type { CaptionCue } from '../../core/pictures/caption-cue'

/** The captions of a capture, over all its connections. Their text is read only while somebody subscribes. */
export class CaptionFeed {
  /** Hot. */
  readonly captions$: Observable<CaptionCue>
  readonly #cues = new Subject<CaptionCue>()
  #subscribers = 0
  #now: ConnectionCaptions | null = null

  constructor() {
    this.captions$ = new Observable(subscriber => {
      const subscription = this.#cues.subscribe(subscriber)
      // The capture has ended.
      if (subscription.closed) return
      if (++this.#subscribers === 1) this.#now?.listen(true)
      subscription.add(() => {
        if (--this.#subscribers === 0) this.#now?.listen(false)
      })
      return subscription
    })
  }

  /** A connection has this tap, until it closes what it gets. */
  connect(tap: CaptionTap): { close(): void } {
    const connection = new ConnectionCaptions(tap, cues => {
      for (const cue of cues) this.#cues.next(cue)
    })
    this.#now = connection
    connection.listen(this.#subscribers > 0)
    return {
      close: () => {
        connection.close()
        if (this.#now === connection) this.#now = null
      },
    }
  }

  /** null: stop(). */
  end(error: Error | null): void {
    // What stands on the screen is a cue as well.
    this.#now?.listen(false)
    if (error) this.#cues.error(error)
    else this.#cues.complete()
  }
}

/** The captions of one connection. */
class ConnectionCaptions {
  readonly #tap: CaptionTap
  readonly #onCues: (cues: readonly CaptionCue[]) => void
  #changes: Changes | null = null

  constructor(tap: CaptionTap, onCues: (cues: readonly CaptionCue[]) => void) {
    this.#tap = tap
    this.#onCues = onCues
  }

  listen(whether: boolean): void {
    if (whether === (this.#changes !== null)) return
    if (whether) {
      this.#changes = new (native().Changes)(() => this.#read())
      this.#tap.listen(this.#changes)
      return
    }
    this.#tap.finish()
    this.#read()
    this.#tap.listen(null)
    this.#changes?.close()
    this.#changes = null
  }

  #read(): void {
    this.#onCues(
      this.#tap.read().map(({ timestamp, duration, text, channel, cea708 }) => ({
        timestamp,
        duration,
        text,
        channel: cea708 ? `SERVICE${channel}` : `CC${channel}`,
        format: cea708 ? 'cea708' : 'cea608',
      })),
    )
  }

  close(): void {
    this.listen(false)
  }
}
