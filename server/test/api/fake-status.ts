/** States and figures of a channel that does not run. */
import type { ChannelConfig } from '../../src/core/schema.js'
import type { ChannelPhase, ChannelStatus, SampleMetric, TargetStatus } from '../../src/core/status.js'

interface Now {
  readonly phase: ChannelPhase
  readonly since: number
  readonly onAir: string
  stopped(target: string): boolean
}

const withoutQuery = (url: string) => url.split('?')[0]!

export function fakeStatus(config: ChannelConfig, { phase, since, onAir, stopped }: Now): ChannelStatus {
  const live = phase === 'live'
  return {
    phase,
    reason: phase === 'reconnecting' ? { code: 'ERR_CONNECTION_LOST', message: 'the connection broke' } : null,
    since,
    nextRetryAt: null,
    inputs: config.inputs.map((input, at) => {
      const name = input.name ?? `input${at + 1}`
      const url = 'url' in input ? withoutQuery(input.url) : 'file' in input ? input.file : `ingest:${input.ingest}`
      return {
        name,
        url,
        phase: live ? 'live' : 'stopped',
        reason: null,
        nextRetryAt: null,
        onAir: live && name === onAir,
      }
    }),
    targets: Object.entries(config.targets).map(([name, target]): TargetStatus => {
      const on = live && target.enabled && !stopped(name)
      return {
        name,
        kind: 'record' in target ? 'record' : target.url.startsWith('srt:') ? 'srt' : 'rtmp',
        url: 'record' in target ? target.record : withoutQuery(target.url),
        platform: 'platform' in target ? target.platform : null,
        enabled: target.enabled && !stopped(name),
        phase: on ? 'live' : 'stopped',
        reason: null,
        nextRetryAt: null,
        bitrate: on ? 4_000_000 : 0,
        dropped: 0,
        reconnects: 0,
        queueMs: on ? 40 : 0,
      }
    }),
    video: live ? { codec: 'h264', width: 1280, height: 720, fps: 30 } : null,
    audio: live ? { codec: 'aac', sampleRate: 48_000, channels: 2 } : null,
  }
}

/** Waves that differ between channels. */
export function fakeFigures(id: string, at: number, startedAt: number): Record<SampleMetric, number | null> {
  const own = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  const wave = (periodS: number) => Math.sin((at / 1000 + own) / periodS)
  const minutes = Math.max(0, Math.floor((at - startedAt) / 60_000))
  return {
    bitrateIn: Math.round(4_000_000 + 300_000 * wave(7)),
    bitrateOut: Math.round(3_900_000 + 300_000 * wave(9)),
    fps: Math.round((30 + wave(5)) * 10) / 10,
    latencyMs: Math.round(180 + 40 * wave(11)),
    queueMs: Math.round(60 + 30 * wave(13)),
    loudness: Math.round((-23 + 3 * wave(17)) * 10) / 10,
    dropped: minutes,
    reconnects: Math.floor(minutes / 20),
  }
}
