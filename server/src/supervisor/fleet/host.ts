/** What a supervisor does for the fleet that it is in. */
import type { Supervisor } from '../supervisor.js'
import type { FleetHost } from './fleet.js'

/** Of the server as a whole. */
const NO_CHANNEL = ''

export function fleetHost(supervisor: Supervisor): FleetHost {
  const { channelList, book } = supervisor
  return {
    running: () => channelList.ran,
    run: (channel, isHolder) => channelList.runHere(channel, isHolder),
    stop: (channel, deadlineMs) => channelList.endHere(channel, deadlineMs),
    isReady: channel => {
      const status = channelList.all.get(channel)?.status
      return status !== undefined && status.video !== null && status.inputs.some(({ onAir }) => onAir)
    },
    cannotRun: channel => channelList.all.get(channel)?.cannotRun ?? null,
    hasFault: channel => channelList.all.get(channel)?.hasFault ?? false,
    configOf: channel => supervisor.config.channels[channel] ?? null,
    allow: (channel, forMs, sinceMs, endAfterMs) => {
      // A process that does not answer is told again with the next renewal, and allows itself nothing until then.
      channelList.all
        .get(channel)
        ?.mayConnect(forMs, sinceMs, endAfterMs)
        .catch(() => {})
    },
    processOf: channel => channelList.all.get(channel)?.process.pid ?? null,
    event: event => supervisor.event(event),
    raise: (rule, severity, message) => book.raiseOwn(NO_CHANNEL, rule, severity, message),
    clear: rule => book.clearOwn(NO_CHANNEL, rule),
  }
}
