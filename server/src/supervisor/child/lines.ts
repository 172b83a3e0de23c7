/** What a child writes to stdout and stderr: lines for the log, the last of them for the event of its exit. */
import type { Readable } from 'node:stream'

const MOST_LINE_LENGTH = 2000
export const LAST_LINES = 20
/** A child that writes more than that into the log in a second is cut short. */
const MOST_LINES_A_SECOND = 50

export class Lines {
  /** The last ones. */
  readonly last: string[] = []
  /** Lines that did not go to the log. */
  dropped = 0
  private rest = ''
  private skipping = false
  private second = 0
  private inSecond = 0

  /** @param mask takes secrets out of a line */
  constructor(
    private readonly mask: (text: string) => string,
    private readonly onLine: (line: string) => void,
  ) {}

  read(stream: Readable): void {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.push(text))
    stream.on('error', () => {})
    stream.on('end', () => this.push('\n'))
  }

  push(text: string): void {
    const parts = text.split('\n')
    for (const [i, part] of parts.entries()) {
      if (!this.skipping) this.rest += part
      if (this.rest.length > MOST_LINE_LENGTH) {
        this.take(`${this.rest.slice(0, MOST_LINE_LENGTH)}…`)
        this.skipping = true
      }
      if (i === parts.length - 1) return
      if (!this.skipping) this.take(this.rest)
      this.rest = ''
      this.skipping = false
    }
  }

  private take(raw: string): void {
    this.rest = ''
    const line = this.mask(raw.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trimEnd())
    if (line === '') return
    this.last.push(line)
    if (this.last.length > LAST_LINES) this.last.shift()
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.second) {
      this.second = second
      this.inSecond = 0
    }
    this.inSecond += 1
    if (this.inSecond > MOST_LINES_A_SECOND) this.dropped += 1
    else this.onLine(line)
  }
}
