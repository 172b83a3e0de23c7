/** What a monitor can measure of a stream; docs/monitoring.md says what each one means. */
// prettier-ignore
export const METRIC_NAMES = [
  'bitrate', 'fps', 'latency', 'lateness', 'endToEndLatency', 'droppedFrames', 'jitter', 'keyframeInterval', 'avDrift', 'noData',
  'freeze', 'black', 'silence', 'loudness', 'truePeak', 'queueMs', 'reconnects', 'uptime',
] as const

export type MetricName = (typeof METRIC_NAMES)[number]
