/** What channels cost: the processor time of their processes, in cores. */

/** A value needs so long a time: a channel that begins takes more. */
const PERIOD_MS = 30_000
/** A value that differs by less is no news. */
const NEWS_PART = 0.1
const NEWS_CORES = 0.02
/** Of the value before, in the new one. */
const KEPT_PART = 0.5

interface Cost {
  pid: number
  cpuMs: number
  at: number
  cores: number | null
  told: number | null
}

export class Costs {
  private readonly all = new Map<string, Cost>()

  /**
   * @param processOf the process of a channel; null: none runs
   * @param cpuMs processor time that a process has taken; null: it is gone
   */
  constructor(
    private readonly processOf: (channel: string) => number | null,
    private readonly cpuMs: (pid: number) => number | null,
    private readonly now: () => number,
  ) {}

  /** Cores; null: not measured. */
  of(channel: string): number | null {
    return this.all.get(channel)?.cores ?? null
  }

  /** Measures, and gives what differs from what was told before. */
  news(channels: readonly string[]): ReadonlyMap<string, number> {
    const news = new Map<string, number>()
    const names = new Set(channels)
    for (const name of this.all.keys()) if (!names.has(name)) this.all.delete(name)
    for (const name of names) {
      const cost = this.measured(name)
      if (!cost || cost.cores === null) continue
      const { cores, told } = cost
      if (told !== null && Math.abs(cores - told) <= Math.max(NEWS_CORES, NEWS_PART * told)) continue
      news.set(name, cores)
    }
    return news
  }

  /** The store has these. */
  told(news: ReadonlyMap<string, number>): void {
    for (const [name, cores] of news) {
      const cost = this.all.get(name)
      if (cost) cost.told = cores
    }
  }

  private measured(name: string): Cost | null {
    const pid = this.processOf(name)
    const cpuMs = pid === null ? null : this.cpuMs(pid)
    const at = this.now()
    const before = this.all.get(name)
    if (pid === null || cpuMs === null) return before ?? null
    if (!before || before.pid !== pid) {
      this.all.set(name, { pid, cpuMs, at, cores: before?.cores ?? null, told: before?.told ?? null })
      return null
    }
    const elapsedMs = at - before.at
    if (elapsedMs < PERIOD_MS) return before
    const cores = (cpuMs - before.cpuMs) / elapsedMs
    before.cores = before.cores === null ? cores : KEPT_PART * before.cores + (1 - KEPT_PART) * cores
    before.cpuMs = cpuMs
    before.at = at
    return before
  }
}
