/** The status of a channel whose process tells nothing: it is stopped, begins, or has crashed. */
import type { ChannelConfig, InputConfig, TargetConfig } from '../../core/schema.js'
import type { ChannelPhase, ChannelStatus, InputStatus, Reason, TargetStatus } from '../../core/status.js'

export function idleStatus(
  config: ChannelConfig,
  phase: ChannelPhase,
  since: number,
  reason: Reason | null = null,
  nextRetryAt: number | null = null,
): ChannelStatus {
  const inputs = config.inputs.map(idleInput)
  const targets = Object.entries(config.targets).map(([name, target]) => idleTarget(name, target))
  return { phase, reason, since, nextRetryAt, inputs, targets, video: null, audio: null }
}

function idleInput(input: InputConfig, index: number): InputStatus {
  const url = 'url' in input ? shownUrl(input.url) : 'file' in input ? input.file : `ingest:${input.ingest}`
  const nothing = { phase: 'stopped', reason: null, nextRetryAt: null, onAir: false }
  return { name: input.name ?? `input${index + 1}`, url, ...nothing }
}

function idleTarget(name: string, target: TargetConfig): TargetStatus {
  const nothing = {
    phase: 'stopped',
    reason: null,
    nextRetryAt: null,
    bitrate: 0,
    dropped: 0,
    reconnects: 0,
    queueMs: 0,
  }
  const { enabled } = target
  if (!('url' in target)) return { name, kind: 'record', url: target.record, platform: null, enabled, ...nothing }
  const kind = target.url.startsWith('srt:') ? 'srt' : 'rtmp'
  return { name, kind, url: shownUrl(target.url), platform: target.platform, enabled, ...nothing }
}

/** Scheme, host and application: the last part of a path may be a key. */
export function shownUrl(text: string): string {
  try {
    const { protocol, host, pathname } = new URL(text)
    return `${protocol}//${host}${pathname.split('/').slice(0, 2).join('/')}`
  } catch {
    return '***'
  }
}
