/** The histories of all channels, and their files. */
import { mkdirSync } from 'node:fs'
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

  constructor(
    state: string,
    private readonly onHealth: (error: Error | null) => void,
  ) {
    this.folder = join(state, 'history')
    this.timer = setInterval(() => this.write(), WRITE_INTERVAL_MS)
    this.timer.unref()
  }

  add(channel: string, sample: Sample): void {
    this.of(channel).add(sample)
  }

  points(channel: string, metric: SampleMetric, since: number, now: number): HistoryPoint[] {
    return this.of(channel).points(metric, since, now)
  }

  /** Out of memory; the file stays, for a channel of that name that comes back. */
  forget(channel: string): void {
    this.write()
    this.all.delete(channel)
  }

  close(): void {
    clearInterval(this.timer)
    for (const history of this.all.values()) history.closeMinute()
    this.write()
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

  private write(): void {
    let failure: Error | null = null
    for (const [channel, history] of this.all) {
      if (history.seconds.dirty.size + history.minutes.dirty.size === 0) continue
      try {
        mkdirSync(this.folder, { recursive: true, mode: 0o700 })
        writeHistory(join(this.folder, channel), history)
      } catch (error) {
        this.lost += 1
        failure = error as Error
      }
    }
    if (failure === null ? this.failing : !this.failing) this.onHealth(failure)
    this.failing = failure !== null
  }
}
