/**
 * What operators did against the configuration: a channel or a target that was stopped stays so, also over a crash of
 * its process and a restart of the server, until it is started or its configuration changes.
 */
import { join } from 'node:path'
import type { ChannelConfig } from '../../core/schema.js'
import { readJson, writeJson } from './json-file.js'
import { RetriedWrites } from './retried-writes.js'

interface Override {
  readonly channel: boolean | null
  readonly targets: Readonly<Record<string, boolean>>
}

const NONE: Override = { channel: null, targets: {} }

export class Overrides {
  private readonly path: string
  private readonly all = new Map<string, Override>()

  private readonly writes: RetriedWrites

  constructor(state: string, onHealth: (error: Error | null) => void, retryMs?: number) {
    this.writes = new RetriedWrites(onHealth, retryMs)
    this.path = join(state, 'operator.json')
    const kept = readJson(this.path)
    if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return
    for (const [id, { channel, targets }] of Object.entries(kept as Record<string, Partial<Override>>)) {
      if (typeof targets === 'object') this.all.set(id, { channel: channel ?? null, targets })
    }
  }

  /** The configuration as operators want it now. */
  apply(id: string, config: ChannelConfig): ChannelConfig {
    const { channel, targets } = this.all.get(id) ?? NONE
    const changed = Object.entries(config.targets).map(([name, target]) => [
      name,
      { ...target, enabled: targets[name] ?? target.enabled },
    ])
    return { ...config, enabled: channel ?? config.enabled, targets: Object.fromEntries(changed) }
  }

  setChannel(id: string, running: boolean, config: ChannelConfig): void {
    this.set(id, { ...(this.all.get(id) ?? NONE), channel: running === config.enabled ? null : running })
  }

  setTarget(id: string, target: string, running: boolean, config: ChannelConfig): void {
    const { channel, targets } = this.all.get(id) ?? NONE
    const { [target]: _, ...others } = targets
    const same = config.targets[target]?.enabled === running
    this.set(id, { channel, targets: same ? others : { ...others, [target]: running } })
  }

  /** The configuration changed there: it is the newer wish. */
  configChanged(id: string, before: ChannelConfig | undefined, after: ChannelConfig | undefined): void {
    const override = this.all.get(id)
    if (!override || !before) return
    if (!after) {
      this.set(id, NONE)
      return
    }
    const targets = Object.entries(override.targets).filter(
      ([name]) => after.targets[name] && after.targets[name].enabled === before.targets[name]?.enabled,
    )
    const channel = before.enabled === after.enabled ? override.channel : null
    this.set(id, { channel, targets: Object.fromEntries(targets) })
  }

  private set(id: string, override: Override): void {
    if (override.channel === null && Object.keys(override.targets).length === 0) this.all.delete(id)
    else this.all.set(id, override)
    this.writes.run(this.path, () => writeJson(this.path, Object.fromEntries(this.all)))
  }
}
