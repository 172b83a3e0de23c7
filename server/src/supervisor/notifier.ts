/** Who tells people of alerts: webhooks, mail. It queues, and never holds up the supervisor. */
import type { ChannelConfig } from '../core/schema.js'
import type { AlertView } from '../core/status.js'

export interface Notifier {
  /** Raised or cleared. `channel`: its configuration, with references; null: an alert of the server itself. */
  send(alert: AlertView, channel: ChannelConfig | null): void
  /** Sends a test to every address; `failed` has no secrets. */
  test(): Promise<{ readonly sent: number; readonly failed: readonly string[] }>
}
