/** What became of an alert, as an event. */
import type { AlertView } from '../../core/status.js'
import type { NewEvent } from './event-log.js'

export type AlertChange = 'raised' | 'cleared' | 'acknowledged'

const TYPES: Readonly<Record<AlertChange, string>> = {
  raised: 'alert',
  cleared: 'alert-cleared',
  acknowledged: 'alert-acknowledged',
}

export function alertEvent(alert: AlertView, change: AlertChange): NewEvent {
  const { channel, message, id, rule, severity, clearedBy, acknowledgedBy } = alert
  return {
    type: TYPES[change],
    channel: channel === '' ? null : channel,
    user: change === 'acknowledged' ? acknowledgedBy : null,
    message,
    data: { id, rule, severity, change, clearedBy },
  }
}
