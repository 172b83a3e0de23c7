/** What a worker tells of a channel that comes to it, or leaves it. */
import type { Reason } from '../../core/status.js'
import type { NewEvent } from '../store/event-log.js'

export const taken = (channel: string, worker: string, epoch: bigint): NewEvent => ({
  type: 'channel-taken',
  channel,
  message: `${channel}: taken by ${worker}`,
  data: { worker, epoch: String(epoch) },
})

export const handedOver = (channel: string, worker: string): NewEvent => ({
  type: 'channel-handed-over',
  channel,
  message: `${channel}: handed over to ${worker}`,
  data: { worker },
})

export const givenUp = (channel: string, worker: string, reason: Reason): NewEvent => ({
  type: 'channel-given-up',
  channel,
  message: `${channel}: ${worker} cannot run it, and leaves it to others: ${reason.message}`,
  data: { worker, reason },
})

export const leaseLost = (channel: string): NewEvent => ({
  type: 'channel-lease-lost',
  channel,
  message: `${channel}: ended, since another worker may begin it soon`,
})
