import { badValue, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import type { OverlayImage } from '../../core/pictures/overlay-options'
import { resolveTransportOptions } from '../../core/transport-options'
import type { Logger, ReconnectOptions, TransportOptions } from '../../core/types'
import type { ResolvedReconnect } from '../../core/transport-options'
import { FILL_KINDS, resolveSlate, type FillKind, type RelaySlate, type ResolvedSlate } from './slate-options'

/** Options of a relay. An absent option has its default. */
export interface RelayOptions extends Pick<TransportOptions, 'connectTimeout' | 'stallTimeout' | 'signal' | 'logger'> {
  /**
   * Reconnect after a loss, of inputs and targets alike, each by itself; false: the relay ends when its input is lost,
   * and a target at its first loss. Default: reconnects without end.
   */
  reconnect?: ReconnectOptions | false
  /**
   * Of several inputs: the time for which a preferred one must be live again, without a break, before it goes back on
   * air, ms. Default 5000.
   */
  holdBack?: number
  /**
   * What the targets get while no input is on air: 'repeat': the last keyframe again, 'slate': a picture of yours, both
   * with silence; 'none': nothing. Default 'none'.
   */
  fill?: 'none' | 'repeat' | 'slate'
  /** Picture for 'slate'; default black. */
  slate?: OverlayImage | RelaySlate
}

export interface ResolvedRelayOptions {
  readonly reconnect: ResolvedReconnect | null
  readonly connectTimeout: number
  readonly stallTimeout: number
  readonly signal: AbortSignal | null
  readonly logger: Logger
  readonly holdBack: number
  readonly fill: FillKind
  readonly slate: ResolvedSlate
}

const SHARED = ['reconnect', 'connectTimeout', 'stallTimeout', 'signal', 'logger'] as const
const LONGEST_HOLD_MS = 3_600_000

/** Checks the caller's options and fills in defaults. Nothing checks them again after this. */
export function resolveRelayOptions(options: unknown, inputs: number): ResolvedRelayOptions {
  const given = checkRecord('options', options, [...SHARED, 'holdBack', 'fill', 'slate'])
  const { reconnect, connectTimeout, stallTimeout, signal, logger } = resolveTransportOptions(
    Object.fromEntries(SHARED.filter(name => given[name] !== undefined).map(name => [name, given[name]])),
  )
  if (given.holdBack !== undefined && inputs < 2) throw badValue('several inputs', 'holdBack', given.holdBack)
  const holdBack = checkNumber('holdBack', given.holdBack ?? 5_000, 0, LONGEST_HOLD_MS)
  const fill = checkOneOf('fill', given.fill ?? 'none', FILL_KINDS)
  if (given.slate !== undefined && fill !== 'slate') throw badValue("fill: 'slate'", 'slate', given.slate)
  const slate = resolveSlate(given.slate)
  return { reconnect, connectTimeout, stallTimeout, signal, logger, holdBack, fill, slate }
}
