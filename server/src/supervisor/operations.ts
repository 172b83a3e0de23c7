/** What operators do with a channel and its targets. It is kept against the configuration until that changes. */
import type { Config } from '../core/schema.js'
import { Problem } from '../core/problem.js'
import type { Reason } from '../core/status.js'
import type { Channel } from './channel/channel.js'
import type { Channels } from './channels.js'
import type { Queue } from './queue.js'
import type { NewEvent } from './store/event-log.js'
import type { Overrides } from './store/overrides.js'

export interface OperationsOptions {
  readonly channels: Channels
  readonly overrides: Overrides
  readonly queue: Queue
  config(): Config
  event(event: NewEvent): void
  /** Who runs a channel of the fleet, where that is another worker. */
  elsewhere(channel: string): Reason | null
}

/** All of it rejects with Problem. */
export class Operations {
  constructor(private readonly options: OperationsOptions) {}

  start(id: string, user: string): Promise<void> {
    return this.operate(id, user, 'started', async channel => {
      await this.options.channels.refresh(channel, this.options.config())
      this.want(channel, true)
      channel.start()
    })
  }

  stop(id: string, user: string): Promise<void> {
    return this.operate(id, user, 'stopped', channel => {
      this.want(channel, false)
      return channel.stop()
    })
  }

  restart(id: string, user: string): Promise<void> {
    return this.operate(id, user, 'restarted', async channel => {
      this.checkHere(id)
      await this.options.channels.refresh(channel, this.options.config())
      this.want(channel, true)
      return channel.restart()
    })
  }

  async switchInput(id: string, input: string, user: string): Promise<void> {
    await this.options.channels.get(id).ask({ type: 'switch', input })
    this.options.event({
      type: 'switch',
      channel: id,
      user,
      message: `${id}: to input ${input} by ${user}`,
      data: { input },
    })
  }

  async setTarget(id: string, target: string, running: boolean, user: string): Promise<void> {
    const channel = this.options.channels.get(id)
    if (!channel.config.targets[target]) {
      throw new Problem(404, 'ERR_TARGET_UNKNOWN', `channel ${id} has no target ${target}`, {
        remedy: 'List the targets of the channel for their names.',
      })
    }
    await channel.ask({ type: running ? 'target-start' : 'target-stop', target })
    this.options.overrides.setTarget(id, target, running, channel.config)
    channel.setTargetEnabled(target, running)
    const did = running ? 'started' : 'stopped'
    const message = `${id}: target ${target} ${did} by ${user}`
    this.options.event({ type: `target-${did}`, channel: id, user, message, data: { target } })
  }

  /** A process of another worker's channel would pull its input, and record. */
  private checkHere(id: string): void {
    const { elsewhere, channels } = this.options
    const nobody = { code: 'ERR_CHANNEL_STOPPED', message: 'no worker runs it now' }
    const reason = elsewhere(id) ?? (channels.isHere(id) ? null : nobody)
    if (!reason) return
    throw new Problem(409, reason.code, `${id} is not restarted here: ${reason.message}`, {
      remedy: 'Ask the worker that runs it.',
    })
  }

  private want(channel: Channel, running: boolean): void {
    this.options.overrides.setChannel(channel.id, running, channel.config)
    channel.setEnabled(running)
  }

  private async operate(
    id: string,
    user: string,
    did: string,
    action: (channel: Channel) => Promise<void>,
  ): Promise<void> {
    this.options.channels.get(id)
    await this.options.queue.run(async () => {
      await action(this.options.channels.get(id))
      this.options.event({ type: `channel-${did}`, channel: id, user, message: `${id}: ${did} by ${user}` })
    })
  }
}
