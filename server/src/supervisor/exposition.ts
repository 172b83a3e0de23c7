/** The text of Prometheus that channels give: read, kept over the deaths of their processes, and put together. */

export interface Family {
  readonly name: string
  help: string
  type: string
  /** 'name{labels}' → value. */
  readonly samples: Map<string, number>
}

const MOST_SERIES = 20_000
const LINE = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)(?:\s+-?\d+)?$/
/** Of histograms and summaries: they count, too. */
const PARTS = /_(bucket|sum|count)$/

export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  const family = (name: string) => {
    let found = families.get(name)
    if (!found) families.set(name, (found = { name, help: '', type: 'untyped', samples: new Map() }))
    return found
  }
  let series = 0
  for (const line of text.split('\n')) {
    const [, mark, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (mark === 'HELP') family(name).help = rest
    else if (mark === 'TYPE') family(name).type = rest
    else if (line !== '' && !line.startsWith('#')) {
      const [, metric = '', labels = '', value] = LINE.exec(line) ?? []
      if (metric === '' || ++series > MOST_SERIES) continue
      const whole = metric.replace(PARTS, '')
      const owner = families.has(metric) || !families.has(whole) ? metric : whole
      family(owner).samples.set(`${metric}${labels}`, Number(value === '+Inf' ? Infinity : value))
    }
  }
  return families
}

function counts({ type }: Family, key: string): boolean {
  if (type === 'counter' || type === 'histogram') return true
  return type === 'summary' && /_(sum|count)(\{|$)/.test(key)
}

/** The metrics of one channel: counters go on where the process before left them. */
export class ChannelMetrics {
  private families = new Map<string, Family>()
  /** Of processes that ended. */
  private readonly base = new Map<string, number>()

  take(text: string): void {
    this.families = parseExposition(text)
  }

  /** The process ended: what it counted is kept; what it measured is gone. */
  ended(): void {
    for (const family of this.families.values()) {
      for (const [key, value] of family.samples) {
        if (counts(family, key)) this.base.set(key, (this.base.get(key) ?? 0) + value)
        else family.samples.delete(key)
        if (counts(family, key)) family.samples.set(key, 0)
      }
    }
  }

  current(): Family[] {
    return [...this.families.values()].map(family => {
      const samples = new Map<string, number>()
      for (const [key, value] of family.samples) samples.set(key, value + (this.base.get(key) ?? 0))
      return { ...family, samples }
    })
  }

  /** For the next supervisor. */
  bases(): Record<string, number> {
    return Object.fromEntries(this.base)
  }

  restore(bases: Readonly<Record<string, number>>): void {
    for (const [key, value] of Object.entries(bases)) if (Number.isFinite(value)) this.base.set(key, value)
  }
}

/** One text of all channels, each sample with the label of its channel. */
export function mergeExpositions(channels: Iterable<readonly [channel: string, families: readonly Family[]]>): string {
  const lines = new Map<string, string[]>()
  for (const [channel, families] of channels) {
    for (const { name, help, type, samples } of families) {
      let own = lines.get(name)
      if (!own) {
        lines.set(name, (own = [`# TYPE ${name} ${type}`]))
        if (help !== '') own.unshift(`# HELP ${name} ${help}`)
      }
      for (const [key, value] of samples) own.push(`${labelled(key, channel)} ${format(value)}`)
    }
  }
  return [...lines.values()].flat().join('\n')
}

function labelled(key: string, channel: string): string {
  const brace = key.indexOf('{')
  if (brace < 0) return `${key}{channel="${channel}"}`
  const labels = key.slice(brace + 1, -1)
  if (/(^|,)\s*channel="/.test(labels)) return key
  return `${key.slice(0, brace)}{channel="${channel}"${labels === '' ? '' : `,${labels}`}}`
}

const format = (value: number) => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value))
