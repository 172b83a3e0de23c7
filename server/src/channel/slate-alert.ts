/** The alert of a slate that cannot be decoded: nobody sees that before the slate goes out. */
import { randomUUID } from 'node:crypto'

type RawAlert = Readonly<Record<string, unknown>>

export class SlateAlert {
  readonly #send: (alert: RawAlert) => void
  readonly #unix: () => number
  #last: RawAlert | null = null

  constructor(send: (alert: RawAlert) => void, unix: () => number) {
    this.#send = send
    this.#unix = unix
  }

  /** null: it can be decoded. */
  set(why: string | null): void {
    if (this.#last?.['clearedAt'] === null)
      this.#say({ ...this.#last, clearedAt: this.#unix(), clearedBy: 'recovered' })
    if (why === null) return
    const message = `${why}; what was there before goes out in its place, or black`
    const facts = { id: randomUUID(), rule: 'slate-broken', metric: 'slate', stream: 'slate', severity: 'warning' }
    this.#say({ ...facts, message, raisedAt: this.#unix(), clearedAt: null, clearedBy: null, value: 1, peak: 1 })
  }

  #say(alert: RawAlert): void {
    this.#last = alert
    this.tell()
  }

  /** The last one: whoever hears it may have missed it. */
  tell(): void {
    if (this.#last) this.#send(this.#last)
  }
}
