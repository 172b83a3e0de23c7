/** The histories of all channels, and their files. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HistoryPoint } from '../../core/server-port.js'
import type { Sample, SampleMetric } from '../../core/status.js'
import { History } from './history.js'
import { readHistory, writeHistory } from './history-file.js'

const WRITE_INTERVAL_MS = 10_000

export class Histories {
  /** Writes that failed. */
  lost = 0
  private readonly folder: string
  private readonly all = new Map<string, History>()
  private readonly timer: NodeJS.Timeout
  private failing = false
  private writing: Promise<void> = Promise.resolve()
  private waiting: Promise<void> | null = null

  constructor(
    state: string,
    private readonly onHealth: (error: Error | null) => void,
  ) {
    this.folder = join(state, 'history')
    this.timer = setInterval(() => void this.write(), WRITE_INTERVAL_MS)
    this.timer.unref()
  }

  add(channel: string, sample: Sample): void {
    this.of(channel).add(sample)
  }

  points(channel: string, metric: SampleMetric, since: number, now: number): HistoryPoint[] {
    return this.of(channel).points(metric, since, now)
  }

  /** Out of memory; the file stays, for a channel of that name that comes back. */
  async forget(channel: string): Promise<void> {
    await this.write()
    this.all.delete(channel)
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    for (const history of this.all.values()) history.closeMinute()
    await this.write()
  }

  private of(channel: string): History {
    let history = this.all.get(channel)
    if (!history) {
      history = new History()
      readHistory(join(this.folder, channel), history)
      this.all.set(channel, history)
    }
    return history
  }

  /** One after the other, and not in the event loop: a disk that hangs holds up nothing else. */
  private write(): Promise<void> {
    this.waiting ??= this.writing.then(() => {
      this.waiting = null
      this.writing = this.writeAll()
      return this.writing
    })
    return this.waiting
  }

  private async writeAll(): Promise<void> {
    let failure: Error | null = null
    for (const [channel, history] of this.all) {
      if (history.seconds.dirty.size + history.minutes.dirty.size === 0) continue
      try {
        await mkdir(this.folder, { recursive: true, mode: 0o700 })
        await writeHistory(join(this.folder, channel), history)
      } catch (error) {
        this.lost += 1
        failure = error as Error
      }
    }
    if (failure === null ? this.failing : !this.failing) this.onHealth(failure)
    this.failing = failure !== null
  }
}
