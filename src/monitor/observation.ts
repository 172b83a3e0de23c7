import { badOption } from '../core/check'
import { METER, type Meter, type Metered, type MeterPadNames } from '../meter/meter'
import type { MetricName } from '../meter/metrics'
import type { StreamState } from '../core/types'
import type { Observable } from 'rxjs'

/**
 * What a monitor can watch: an RTMPCapture, an RTMPOutput, a RunningPipeline; what else looks like one is ERR_OPTION.
 */
export interface MonitoredStream {
  /** Begins with what holds now. */
  readonly state$: Observable<StreamState>
  /** What holds now. */
  readonly state: StreamState
}

export type {
  DetailName,
  DropCause,
  Meter,
  Metered,
  MeterPadNames,
  Reading,
  Stretch,
  Totals,
  Track,
} from '../meter/meter'
export { METRIC_NAMES, type MetricName } from '../meter/metrics'

/** Measures these metrics of a stream from now on, whatever phase it is in. ERR_OPTION where it is no stream. */
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
