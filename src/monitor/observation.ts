import { badOption } from '../core/check'
import { METER, type Meter, type Metered, type MeterPadNames } from '../meter/meter'
import type { MetricName } from '../meter/metrics'
import type { StreamState } from '../core/types'
import type { Observable } from 'rxjs'

/**
 * A stream that a monitor can watch: an RTMPCapture, an RTMPOutput, a RunningPipeline. Any other object is ERR_OPTION.
 */
export interface MonitoredStream {
  /** Starts with the current state. */
  readonly state$: Observable<StreamState>
  /** The current state. */
  readonly state: StreamState
}

export type {
  DetailName,
  DropCause,
  GroupReading,
  Meter,
  Metered,
  MeterPadNames,
  Reading,
  Interval,
  Totals,
  Track,
} from '../meter/meter'
export { METRIC_NAMES, type MetricName } from '../meter/metrics'

/** Starts to measure these metrics of a stream, in any phase. Throws ERR_OPTION if `stream` is not a stream. */
export function meterOf(
  stream: Metered | MonitoredStream,
  metrics: readonly MetricName[],
  where?: MeterPadNames,
): Meter {
  if (!isMetered(stream)) throw badOption('an RTMPCapture, RTMPOutput or RunningPipeline', 'stream', stream)
  return stream[METER](metrics, where)
}

function isMetered(stream: unknown): stream is Metered {
  return typeof stream === 'object' && stream !== null && typeof (stream as Partial<Metered>)[METER] === 'function'
}
