/** What people hear of a worker's side of the store. */
import type { KeeperEvent } from '../../fleet/lease-keeper.js'
import type { MemberHost } from './member-options.js'

type Told = Pick<MemberHost, 'event' | 'raise' | 'clear'>

export function tellKeeperEvent(host: Told, event: KeeperEvent, worker: string): void {
  switch (event.type) {
    case 'renewed':
      host.clear('worker-replaced')
      return
    case 'store-lost': {
      const { message, code } = event.problem
      host.raise('control-plane-lost', 'critical', `the store of the fleet is away: ${message}`)
      host.event({ type: 'store-lost', message, data: { code } })
      return
    }
    case 'store-back': {
      host.clear('control-plane-lost')
      host.event({
        type: 'store-back',
        message: 'the store of the fleet answers again',
        data: { awayMs: event.awayMs },
      })
      return
    }
    case 'store-went-back':
      host.event({ type: 'store-went-back', message: 'the store of the fleet was restored, or its clock was set' })
      return
    case 'superseded': {
      const { channel, by } = event
      const message = `${channel}: ${by ?? 'another worker'} has it by now`
      host.event({ type: 'channel-superseded', channel, message, data: { worker: by } })
      return
    }
    case 'replaced':
      host.raise('worker-replaced', 'critical', `another process is the worker '${worker}' by now`)
      return
    case 'memory-failed':
      host.raise('state-folder', 'warning', `the state folder takes nothing (fleet): ${event.code}`)
  }
}
