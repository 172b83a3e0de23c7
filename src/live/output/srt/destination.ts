import { parseRtmpUrl } from '../../../core/url'
import type { ResolvedOutputOptions } from '../../options'
import type { Destination } from '../destination'
import type { TargetTools } from '../target'

export function srtDestination(target: string, _options: ResolvedOutputOptions, _tools: TargetTools): Destination {
  parseRtmpUrl(target)
  throw new Error('unreachable')
}
