import type { Totals } from '../../src/meter/meter'
import type { MetricName, Track } from '../../src/meter/metrics'
import type { StreamPhase } from '../../src/core/types'
import { AlertEngine, type EngineOptions } from '../../src/monitor/alert-engine'
import type { Alert } from '../../src/monitor/alert'
import type { MonitorReading } from '../../src/monitor/reading'
import { resolveRules, type AlertRule } from '../../src/monitor/rule'

type Values = Partial<Record<MetricName, number | null>>

/** A reading in a few words. `live`: since when, ms; false = not now. */
export interface Told {
  values?: Values
  tracks?: Partial<Record<Track, Values>>
  details?: Record<string, number | null>
  frames?: number
  dropped?: number
  /** Packets of SRT. */
  srt?: NonNullable<Totals['srt']>
  hls?: NonNullable<Totals['hls']>
  live?: number | false
  phase?: StreamPhase
  groups?: MonitorReading['groups']
}

export function reading(told: Told = {}): MonitorReading {
  const { values = {}, tracks = {}, details = {}, frames = 0, dropped = 0, live = -1e6, srt, hls } = told
  return {
    values,
    tracks: { video: {}, audio: {}, ...tracks },
    details,
    totals: {
      bytes: { video: 0, audio: 0 },
      frames: { video: frames, audio: 0, keyframe: 0 },
      dropped: dropped > 0 ? { queue: dropped } : {},
      ...(srt && { srt }),
      ...(hls && { hls }),
    },
    intervals: [],
    liveSince: live === false ? null : live,
    phase: told.phase ?? (live === false ? 'reconnecting' : 'live'),
    groups: told.groups,
  }
}

/** An engine and its clock; ticks once a second from 0 on. */
export class Watched {
  readonly engine: AlertEngine
  readonly said: Alert[] = []
  /** When each was said, by this clock. */
  readonly times: number[] = []
  now = 0
  unix = 1_700_000_000_000
  #ids = 0

  constructor(rules: readonly AlertRule[], options: Partial<Omit<EngineOptions, 'rules'>> = {}) {
    this.engine = new AlertEngine({
      stream: 'camera',
      newId: () => `id-${++this.#ids}`,
      ...options,
      rules: resolveRules(rules),
    })
  }

  /** `seconds` ticks with this reading; a function is told the second, from 0. Returns what was said in them. */
  run(seconds: number, told: Told | ((second: number) => Told), step = 1000): string[] {
    const from = this.said.length
    for (let second = 0; second < seconds; second++) {
      this.now += step
      this.unix += step
      const is = typeof told === 'function' ? told(second) : told
      this.hear(this.engine.step({ reading: reading(is), now: this.now, unix: this.unix }))
    }
    return this.said.slice(from).map(line)
  }

  hear(said: readonly Alert[]): void {
    this.said.push(...said)
    this.times.push(...said.map(() => this.now))
  }

  get raised(): string[] {
    return this.engine.raised.map(({ rule }) => rule)
  }
}

/** 'freeze-warning +', and '-' for its clear. */
export function line({ rule, clearedAt, flaps }: Alert): string {
  return `${flaps === null ? rule : `${rule}(${flaps})`} ${clearedAt === null ? '+' : '-'}`
}
