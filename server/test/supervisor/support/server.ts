/** A supervisor with fake channels. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { tempDir } from '../../../../test/support/temp.js'
import type { ServerEvent } from '../../../src/core/status.js'
import type { AlertView } from '../../../src/core/status.js'
import { Supervisor } from '../../../src/supervisor/supervisor.js'
import type { SupervisorOptions } from '../../../src/supervisor/supervisor-options.js'
import { simpleDoor } from './simple-door.js'

export const FAKE_CHANNEL = fileURLToPath(new URL('./fake-channel.js', import.meta.url))

export interface TestServer {
  readonly supervisor: Supervisor
  readonly state: string
  readonly door: ReturnType<typeof simpleDoor>
  readonly events: ServerEvent[]
  readonly alerts: AlertView[]
  readonly log: string[]
  file(config: unknown): void
}

export function testChannel(more: object = {}): object {
  return { inputs: [{ url: 'rtmp://127.0.0.1/live/in' }], ...more }
}

/** @param from a server whose folders the new one takes over */
export async function testServer(
  config: unknown,
  from: Pick<TestServer, 'state' | 'door'> | null = null,
  more: Partial<SupervisorOptions> = {},
): Promise<TestServer> {
  const state = from?.state ?? tempDir()
  const path = join(state, 'rxgst.yaml')
  const file = (value: unknown) => writeFileSync(path, typeof value === 'string' ? value : stringify(value))
  if (!from) file(config)
  const door = from?.door ?? simpleDoor(path)
  const log: string[] = []
  const write = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`)
  const alerts: AlertView[] = []
  const supervisor = await Supervisor.start({
    version: '1.2.3',
    state,
    door,
    log: { debug: write, info: write, warn: write, error: write },
    notifier: { send: alert => alerts.push(alert), test: async () => ({ sent: 0, failed: [] }) },
    channelEntry: FAKE_CHANNEL,
    ingestUrl: () => null,
    onConfig: () => {},
    ...more,
  })
  const events: ServerEvent[] = [...supervisor.eventsAfter(0).events]
  supervisor.events$.subscribe(event => events.push(event))
  return { supervisor, state, door, events, alerts, log, file }
}
