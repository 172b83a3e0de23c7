import type { AlertCondition, AlertRule } from './rule'

const S = 1000
const MIN = 60 * S

/** The differences between a warning and a critical alert of one metric. */
type Level = readonly [severity: AlertRule['severity'], raise: AlertCondition, clear: AlertCondition]

function levels(
  name: string,
  rule: Pick<AlertRule, 'metric' | 'track' | 'detail' | 'as' | 'window'>,
  ...list: readonly Level[]
): AlertRule[] {
  return list.map(([severity, raise, clear]) =>
    Object.freeze({
      name: `${name}-${severity}`,
      ...rule,
      severity,
      raise: Object.freeze(raise),
      clear: Object.freeze(clear),
    }),
  )
}

/** Rules for a metric that is a duration, in s. */
const lasting = (
  name: string,
  rule: Pick<AlertRule, 'metric' | 'track' | 'detail'>,
  warning: number,
  critical: number,
  gone: number,
) =>
  levels(
    name,
    rule,
    ['warning', { above: warning, for: 0 }, { below: 1, for: gone }],
    ['critical', { above: critical, for: 0 }, { below: 1, for: gone }],
  )

/**
 * The default rules of a monitor. They are values: copy, filter and change them. docs/monitoring.md shows this list,
 * and a test compares both.
 */
export const DEFAULT_RULES: readonly AlertRule[] = Object.freeze([
  ...lasting('no-data', { metric: 'noData' }, 3, 10, 2 * S),
  ...lasting('no-video', { metric: 'noData', track: 'video' }, 3, 10, 2 * S),
  ...lasting('no-audio', { metric: 'noData', track: 'audio' }, 3, 10, 2 * S),
  ...lasting('black', { metric: 'black' }, 10, 30, 1 * S),
  ...lasting('freeze', { metric: 'freeze' }, 10, 30, 1 * S),
  ...lasting('silence', { metric: 'silence' }, 10, 30, 1 * S),
  // One channel of several is silent: a broken cable, a wrong mix.
  ...levels('silent-channel', { metric: 'silence', detail: 'silence.*' }, [
    'warning',
    { above: 30, for: 0 },
    { below: 1, for: 1 * S },
  ]),
  // LU from the target: EBU R 128's −23 LUFS, unless the stream has another target.
  ...levels('loudness', { metric: 'loudness', as: 'offTarget' }, [
    'warning',
    { above: 6, below: -6, for: 30 * S },
    { above: -4, below: 4, for: 10 * S },
  ]),
  ...levels('true-peak', { metric: 'truePeak' }, ['warning', { above: -1, for: 0 }, { below: -1.5, for: 10 * S }]),
  ...levels('bitrate', { metric: 'bitrate', as: 'ofUsual' }, [
    'warning',
    { below: 0.5, for: 10 * S },
    { above: 0.7, for: 10 * S },
  ]),
  ...levels(
    'fps',
    { metric: 'fps', as: 'ofUsual' },
    ['warning', { below: 0.9, for: 5 * S }, { above: 0.95, for: 10 * S }],
    ['critical', { below: 0.5, for: 5 * S }, { above: 0.95, for: 10 * S }],
  ),
  ...levels(
    'dropped-frames',
    { metric: 'droppedFrames', as: 'share', window: 10 * S },
    ['warning', { above: 0.01, for: 0 }, { below: 0.005, for: 10 * S }],
    ['critical', { above: 0.05, for: 0 }, { below: 0.005, for: 10 * S }],
  ),
  ...levels(
    'lateness',
    { metric: 'lateness' },
    ['warning', { above: 1000, for: 3 * S }, { below: 500, for: 10 * S }],
    ['critical', { above: 3000, for: 3 * S }, { below: 500, for: 10 * S }],
  ),
  ...levels('latency', { metric: 'latency', detail: 'latencyP95', as: 'ofTarget' }, [
    'warning',
    { above: 2, for: 10 * S },
    { below: 1.2, for: 10 * S },
  ]),
  ...levels(
    'jitter',
    { metric: 'jitter' },
    ['warning', { above: 50, for: 10 * S }, { below: 25, for: 10 * S }],
    ['critical', { above: 200, for: 10 * S }, { below: 100, for: 10 * S }],
  ),
  // A little above 4 s: 120 frames at 29.97 per second take 4.004 s. The clear's 4 s contain two good GOPs.
  ...levels('keyframe-interval', { metric: 'keyframeInterval' }, [
    'warning',
    { above: 4.1, for: 0 },
    { below: 4.05, for: 4 * S },
  ]),
  ...levels(
    'keyframe-age',
    { metric: 'keyframeInterval', detail: 'keyframeAge' },
    ['warning', { above: 6, for: 0 }, { below: 4.1, for: 4 * S }],
    ['critical', { above: 10, for: 0 }, { below: 4.1, for: 4 * S }],
  ),
  // ITU-R BT.1359: visible from +45/−125 ms, limit +90/−185 ms; EBU R 37 asks +40/−60 ms of a distribution chain.
  ...levels(
    'av-drift',
    { metric: 'avDrift' },
    ['warning', { above: 40, below: -60, for: 3 * S }, { above: -30, below: 20, for: 5 * S }],
    ['critical', { above: 90, below: -185, for: 3 * S }, { above: -92.5, below: 45, for: 5 * S }],
  ),
  ...levels('queue', { metric: 'queueMs' }, ['warning', { above: 700, for: 0 }, { below: 100, for: 5 * S }]),
  // For outputs, whose writes continue meanwhile: one target, and all targets. The time allows one or two reconnects.
  ...levels('target-down', { metric: 'uptime', detail: 'targetDown' }, [
    'warning',
    { above: 10, for: 0 },
    { below: 1, for: 5 * S },
  ]),
  ...levels('off-air', { metric: 'uptime', detail: 'offAir' }, [
    'critical',
    { above: 3, for: 0 },
    { below: 1, for: 2 * S },
  ]),
  ...levels('reconnects', { metric: 'reconnects', as: 'increase', window: 5 * MIN }, [
    'warning',
    { above: 3, for: 0 },
    { below: 2, for: 0 },
  ]),
  // A peer that takes the stream, or gives it, and closes the connection within 5 minutes, for the third time in a row.
  ...levels('short-lived', { metric: 'reconnects', detail: 'shortLives' }, [
    'warning',
    { above: 2, for: 0 },
    { below: 1, for: 0 },
  ]),
])
