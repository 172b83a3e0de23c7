/**
 * `rxgst/checks`: the library's own checks of addresses and rules, for a program that checks a configuration and runs
 * no stream. It loads no addon.
 */
export { isPublicAddress, publicLookup } from '../core/addresses/public-address'
export { parseNetworkAddress, type NetworkAddress } from '../core/addresses/network-address'
export { parseSrtUrl, type SrtUrl } from '../core/addresses/srt'
export { ERRORS, type ErrorCode, type ErrorKind } from '../core/errors'
export { nearestName } from '../core/nearest'
export { parseRtmpUrl, type RtmpUrl } from '../core/url'
export { resolveRules, type AlertRule, type ResolvedRule } from '../monitor/rule'
export { systemClock, type Clock } from '../core/clock'
export {
  AlertSender,
  type Delivery,
  type Outcome,
  type SenderOptions,
  type SentAlert,
  type WebhookStats,
} from '../monitor/alert-sender'
export { sign, SIGNATURE_HEADER } from '../monitor/signature'
export { postJson } from '../monitor/webhook-post'
