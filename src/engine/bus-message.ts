import type { Clock } from '../core/clock'
import type { BusMessage } from '../core/pipeline-types'
import { toPerformanceTime } from '../addon/clock'
import type { NativeMessage } from '../addon/pipeline'

/** Converts a bus message for the program. Secrets in its texts are masked; the addon has limited their length. */
export function busMessage(
  { type, element, detail, time }: NativeMessage,
  mask: (text: string) => string,
  clock: Clock,
): BusMessage {
  const ago = clock.now() - toPerformanceTime(time)
  return { type, source: element, time: clock.unix() - ago, detail: masked(detail, mask) as BusMessage['detail'] }
}

function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map(item => masked(item, mask))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [mask(name), masked(item, mask)]))
}
