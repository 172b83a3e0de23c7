/** The copy: a relay of the captures. */
import { Relay, type Logger, type OverlayImage, type RelayDestination, type RelayOptions } from 'rxgst'
import type { ChannelConfig } from '../core/schema.js'
import type { Fill, SlatePicture } from './slate.js'
import type { Source } from './sources.js'

/** ERR_URL, ERR_OPTION. */
export function makeRelay(
  config: ChannelConfig,
  sources: readonly Source[],
  { fill, slate }: Fill,
  place: RelayDestination,
  logger: Logger,
): Relay {
  const options: RelayOptions = { fill, reconnect: { first: true }, logger }
  if (slate && fill === 'slate') options.slate = relaySlate(slate)
  if (sources.length > 1) options.holdBack = config.holdBack
  return new Relay(
    sources.map(({ capture }) => capture),
    place,
    options,
  )
}

export function relaySlate({ data, width, height }: SlatePicture): OverlayImage {
  return { data, width, height }
}
