/** What a later configuration changes, and whether the process can do it without a restart. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { ChannelConfig, TargetConfig } from '../core/schema.js'
import { inputName } from './config.js'

export interface ConfigChanges {
  /** Fields that need a new process; empty: all of it happens on air. */
  readonly restarts: readonly string[]
  readonly removed: readonly string[]
  readonly added: readonly string[]
  /** They connect anew. */
  readonly changed: readonly string[]
  /** Only whether they are enabled. */
  readonly switched: readonly string[]
  /** Or what they compare with. */
  readonly rules: boolean
  readonly holdBack: boolean
  readonly slate: boolean
  /** Of the programme. */
  readonly bitrate: boolean
}

export function changesOf(before: ChannelConfig, after: ChannelConfig): ConfigChanges {
  const names = (config: ChannelConfig): string[] => Object.keys(config.targets)
  const both = names(after).filter(name => name in before.targets)
  const changed = both.filter(name => !isDeepStrictEqual(place(before.targets[name]!), place(after.targets[name]!)))
  const holdBack = before.holdBack !== after.holdBack
  return {
    restarts: restartsOf(before, after),
    removed: names(before).filter(name => !(name in after.targets)),
    added: names(after).filter(name => !(name in before.targets)),
    changed,
    switched: both.filter(
      name => !changed.includes(name) && before.targets[name]!.enabled !== after.targets[name]!.enabled,
    ),
    rules: !isDeepStrictEqual(judged(before), judged(after)),
    holdBack,
    slate: before.slate !== after.slate,
    bitrate: bitrateOf(before) !== bitrateOf(after),
  }
}

const judged = ({ monitor: { rules, targets = {} } }: ChannelConfig): unknown => [rules, targets]

/** Where it sends to and what it asks for: all but what is shown of it, and whether it is enabled. */
function place(target: TargetConfig): unknown {
  const { enabled, ...rest } = target
  if (!('platform' in rest)) return rest
  const { platform, ...other } = rest
  return other
}

function restartsOf(before: ChannelConfig, after: ChannelConfig): string[] {
  const inputs = (config: ChannelConfig): unknown =>
    config.inputs.map((input, i) => ({ ...input, name: inputName(input, i) }))
  const fields: [string, boolean][] = [
    ['inputs', !isDeepStrictEqual(inputs(before), inputs(after))],
    ['mode', !isDeepStrictEqual(modeOf(before), modeOf(after))],
    ['fill', before.fill !== after.fill],
    // The relay has it in its native part.
    ['holdBack', before.holdBack !== after.holdBack && after.mode === 'copy' && after.inputs.length > 1],
    ['monitor.content', before.monitor.content !== after.monitor.content],
    ['enabled', before.enabled !== after.enabled],
    // The inputs of a copy are decoded only if a target is encoded.
    ['targets', after.mode === 'copy' && decodes(after) && !decodes(before)],
  ]
  return fields.filter(([, differs]) => differs).map(([field]) => field)
}

/** A later configuration with what needs a restart as it was. */
export function onAirPart(before: ChannelConfig, after: ChannelConfig): ChannelConfig {
  const part: ChannelConfig = {
    ...after,
    inputs: before.inputs,
    mode: isDeepStrictEqual(modeOf(before), modeOf(after)) ? after.mode : before.mode,
    fill: before.fill,
    enabled: before.enabled,
    monitor: { ...after.monitor, content: before.monitor.content },
  }
  const restarts = restartsOf(before, part)
  const holdBack = restarts.includes('holdBack') ? before.holdBack : part.holdBack
  if (!restarts.includes('targets')) return { ...part, holdBack }
  const targets = Object.entries(part.targets).flatMap(([name, target]) => {
    const kept = target.encode === undefined ? target : before.targets[name]
    return kept ? [[name, kept] as const] : []
  })
  return { ...part, holdBack, targets: Object.fromEntries(targets) }
}

/** All of the mode that needs a restart. Other encoders than those of H.264 may take no bitrate on air. */
function modeOf({ mode }: ChannelConfig): unknown {
  if (mode === 'copy' || mode.encode.codec !== 'h264') return mode
  const { bitrate, ...rest } = mode.encode
  return rest
}

const bitrateOf = ({ mode }: ChannelConfig): number | null => (mode === 'copy' ? null : mode.encode.bitrate)

/** Whether pictures of its inputs are decoded. */
export function decodes(config: ChannelConfig): boolean {
  return config.mode !== 'copy' || Object.values(config.targets).some(({ encode }) => encode !== undefined)
}
