import type { OutputInfo, StreamPhase } from '../../../core/types'
import { Meters } from '../../../meter/meters'
import type { ResolvedOutputOptions } from '../../options'
import type { OutputGroupStats, OutputStats } from '../stats'
import type { Targets } from '../targets'
import type { OutputWriter } from '../writer'
import type { EncodeGroups } from './encode-groups'

/** What an output tells of its encoders; null: none has begun. */
export function outputInfo(
  { width, height, fps, codec }: ResolvedOutputOptions,
  groups: EncodeGroups,
  targets: Targets,
): OutputInfo | null {
  const list = groups.list.map(group => group.info(targets.of(group).map(({ url }) => url)))
  if (!groups.begun) return null
  const first = list.find(({ id }) => id === groups.default?.id) ?? list[0]
  const { encoder = '', encoderReason = null } = first ?? {}
  return { codec: first?.codec ?? codec, encoder, encoderReason, width, height, fps, groups: list }
}

/** The counters of an output. */
export function outputStats(
  groups: EncodeGroups,
  targets: Targets,
  writer: Pick<OutputWriter, 'sourceDropped' | 'samplesDropped'>,
): OutputStats {
  const stats = groups.pacing.stats()
  return {
    written: stats?.written ?? 0,
    repeated: stats?.repeated ?? 0,
    late: stats?.late ?? 0,
    dropped: (stats?.dropped ?? 0) + writer.sourceDropped,
    queued: stats?.queued ?? 0,
    bitrate: groups.bitrate,
    ...groups.totals(),
    silence: stats?.silence ?? 0,
    captionsDropped: stats?.captionsDropped ?? 0,
    trimmed: (stats?.trimmed ?? 0) + writer.samplesDropped,
    ...targets.stats(),
    groups: groupStats(groups, targets),
  }
}

/** The counters of the present groups. */
function groupStats(groups: EncodeGroups, targets: Targets): readonly OutputGroupStats[] {
  return groups.list.map(group => {
    const stats = group.encoding?.stats()
    return {
      id: group.id,
      packets: stats?.videoPackets ?? 0,
      bytes: (stats?.videoBytes ?? 0) + (stats?.audioBytes ?? 0),
      filler: stats?.filler ?? 0,
      dropped: stats?.dropped ?? 0,
      rebuilt: stats?.rebuilt ?? 0,
      bitrate: group.encoding?.bitrate ?? group.options.bitrate,
      queueMs: Math.max(0, ...targets.of(group).map(target => (target.isRecording ? 0 : target.queueMs))),
    }
  })
}

/** What the meters of an output ask it. */
export interface MeteredOutput {
  phase(): StreamPhase
  readonly targets: Targets
  stats(): OutputStats
  lastWrite(): { readonly video: number | null; readonly audio: number | null }
}

export function outputMeters({ fill, fps }: ResolvedOutputOptions, output: MeteredOutput): Meters {
  const { targets } = output
  return new Meters({
    direction: 'out',
    phase: () => output.phase(),
    queueMs: () => targets.stats().queueMs,
    reconnects: () => targets.stats().reconnects,
    shortLives: () => targets.shortLives,
    srt: () => targets.srt,
    dropped: () => {
      const { dropped, late, droppedNetwork } = output.stats()
      return { queue: dropped, late, network: droppedNetwork }
    },
    lastWrite: () => output.lastWrite(),
    // Those of the only group are the output's own.
    groups() {
      const { groups } = output.stats()
      return groups.every(({ id }) => id === 'default') ? undefined : groups
    },
    // The fill leaves no slot empty; without it the program may leave slots out.
    holes: fill === 'none' ? null : 'encoder',
    fpsTarget: fill === 'none' ? undefined : fps,
  })
}
