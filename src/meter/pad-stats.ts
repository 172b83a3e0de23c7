import { badOption, badValue } from '../core/check'
import { RxGstError } from '../core/errors'
import type { PadStats } from '../core/pipeline-types'
import { toPerformanceTime } from '../addon/clock'
import type { PadCounts } from '../addon/pipeline'
import type { GraphElement } from '../pipelines/graph/graph'

/** Counters of a pad. A pad that does not exist yet has zeros; after the pipeline's end the last counters stay. */
export function padStats(pad: string, counts: PadCounts | null, last: PadStats | null): PadStats {
  if (!counts)
    return last ?? { pad, caps: null, buffers: 0, bytes: 0, keyframes: 0, lastTimestamp: null, lastArrival: null }
  const { caps, buffers, bytes, keyframes, lastRunning, lastArrival } = counts
  return {
    pad,
    caps,
    buffers,
    bytes,
    keyframes,
    lastTimestamp: lastRunning,
    lastArrival: lastArrival === null ? null : toPerformanceTime(lastArrival),
  }
}

/** Checks that an element has this pad, or may get it ('video' of flvdemux, 'src_0' of a tee). ERR_UNKNOWN_ELEMENT. */
export function checkPad(
  pads: { readonly now: readonly string[]; readonly later: readonly string[] },
  element: GraphElement,
  name: string,
): void {
  if (pads.now.includes(name)) return
  const fits = (template: string): boolean => {
    const percent = template.indexOf('%')
    return percent < 0 ? template === name : name.startsWith(template.slice(0, percent)) && name.length > percent
  }
  if (pads.later.some(fits)) return
  const all = [...new Set([...pads.now, ...pads.later])].join(', ')
  throw new RxGstError(
    'ERR_UNKNOWN_ELEMENT',
    `${element.name} (${element.factory}) has no pad ${name}; it has ${all || 'none'}`,
    { element: element.name },
  )
}

/** Splits 'element.pad' into its two names. ERR_OPTION. */
export function splitPad(pad: string): [element: string, pad: string] {
  const at = typeof pad === 'string' ? pad.indexOf('.') : -1
  if (at < 1) throw (typeof pad === 'string' ? badValue : badOption)("a pad as 'element.pad'", 'pad', pad)
  return [pad.slice(0, at), pad.slice(at + 1)]
}
