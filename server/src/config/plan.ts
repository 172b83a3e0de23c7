/** What a change of the configuration does, field by field. Pure: the supervisor carries it out. */
import type { Plan, PlanStep } from '../core/server-port.js'
import { isEqual, isObject } from './merge.js'
import { shownName, shownPath, type Path } from './place.js'
import { redact } from './redact.js'
import { slateKind } from './paths.js'
import type { ChannelConfig, Config, InputConfig, TargetConfig } from '../core/schema.js'

type Effect = PlanStep['effect']
type Effects = Readonly<Record<string, Effect>>

const SERVER: Effects = {
  listen: 'restarts-server',
  probes: 'restarts-server',
  state: 'restarts-server',
  users: 'restarts-server',
  tls: 'restarts-server',
  trustedProxies: 'restarts-server',
  fleet: 'restarts-server',
  // Its RTMP server alone begins anew, where its address changes.
  ingest: 'live',
  hosts: 'live',
  readOnly: 'live',
  logLevel: 'live',
  webhooks: 'live',
  // For what is configured from now on.
  folders: 'live',
  secretFolders: 'live',
  schemes: 'live',
  privateAddresses: 'live',
}

const CHANNEL: Effects = {
  title: 'live',
  inputs: 'restarts-channel',
  holdBack: 'live',
  fill: 'restarts-channel',
  slate: 'live',
  webhooks: 'live',
  standby: 'live',
  onLeaseLoss: 'live',
  // The heap of its process has its size from the start.
  memoryLimit: 'restarts-channel',
}

/** Something has to decode for `content`. */
const MONITOR: Effects = { content: 'restarts-channel', rules: 'live', targets: 'live' }

const ENCODE: Effects = {
  width: 'restarts-channel',
  height: 'restarts-channel',
  fps: 'restarts-channel',
  codec: 'restarts-channel',
  keyframeInterval: 'restarts-channel',
  bitrate: 'live',
}

const TARGET: Effects = {
  url: 'reconnects-target',
  streamKey: 'reconnects-target',
  record: 'reconnects-target',
  format: 'reconnects-target',
  segment: 'reconnects-target',
  keep: 'reconnects-target',
  maxSize: 'reconnects-target',
  platform: 'live',
  enabled: 'live',
}

const MAX_SHOWN = 60

/** `onAir`: channels whose restart a viewer would see. */
export function planChange(before: Config, after: Config, onAir: ReadonlySet<string>): Plan {
  const steps = new Planner(before, after).steps()
  const restarted = new Set(steps.filter(({ effect }) => effect === 'restarts-channel').map(({ channel }) => channel!))
  return { steps, problems: [], restarts: [...restarted].filter(id => onAir.has(id)) }
}

class Planner {
  readonly #shownBefore: Config
  readonly #shownAfter: Config

  constructor(
    readonly before: Config,
    readonly after: Config,
  ) {
    this.#shownBefore = redact(before)
    this.#shownAfter = redact(after)
  }

  steps(): PlanStep[] {
    const { before, after } = this
    const steps = this.#fields(['server'], before.server, after.server, SERVER, 'restarts-server')
    for (const id of namesOf(before.channels, after.channels))
      steps.push(...this.#channel(id, own(before.channels, id), own(after.channels, id)))
    return steps
  }

  #channel(id: string, before: ChannelConfig | undefined, after: ChannelConfig | undefined): PlanStep[] {
    const path = ['channels', id]
    if (before === undefined || after === undefined) {
      const change = before === undefined ? 'added' : 'removed'
      const runs = (before ?? after)!.enabled
      const effect = !runs ? 'live' : before === undefined ? 'starts-channel' : 'stops-channel'
      return [made(path, change, effect, `channel ${id} is ${change}`)]
    }
    const steps: PlanStep[] = []
    if (before.enabled !== after.enabled) {
      const effect = after.enabled ? 'starts-channel' : 'stops-channel'
      const text = `channel ${id} is ${after.enabled ? 'enabled' : 'disabled'}`
      steps.push(made([...path, 'enabled'], 'changed', effect, text))
    }
    // A channel that does not run, before or after, has nothing that could blink.
    const runs = before.enabled && after.enabled
    const { enabled: _b, targets: oldTargets, mode: oldMode, monitor: oldMonitor, ...old } = before
    const { enabled: _a, targets: newTargets, mode: newMode, monitor: newMonitor, ...next } = after
    const restarts: Effect = runs ? 'restarts-channel' : 'live'
    const table = (effects: Effects): Effects => (runs ? effects : {})
    steps.push(...this.#fields(path, old, next, table({ ...CHANNEL, ...exceptions(before, after) }), restarts))
    if (runs && this.#ingestMoves && next.inputs.some(input => 'ingest' in input) && isEqual(old.inputs, next.inputs))
      steps.push(made([...path, 'inputs'], 'changed', restarts, `${id}.inputs: server.ingest has another address`))
    if (oldMode === 'copy' || newMode === 'copy') {
      if (oldMode !== newMode) {
        const text = `${id}.mode: ${modeWord(oldMode)} → ${modeWord(newMode)}`
        steps.push(made([...path, 'mode'], 'changed', restarts, text))
      }
    } else {
      const encode = { ...ENCODE, ...(newMode.encode.codec !== 'h264' && { bitrate: restarts }) }
      steps.push(...this.#fields([...path, 'mode', 'encode'], oldMode.encode, newMode.encode, table(encode), restarts))
    }
    steps.push(...this.#fields([...path, 'monitor'], oldMonitor, newMonitor, table(MONITOR), restarts))
    // The inputs of a copy are decoded only if a target is encoded.
    const encodes: Effect = runs && decodes(after) && !decodes(before) ? 'restarts-channel' : 'live'
    for (const name of namesOf(oldTargets, newTargets)) {
      const [old, next] = [own(oldTargets, name), own(newTargets, name)]
      steps.push(...this.#target([...path, 'targets', name], old, next, { runs, encodes }))
    }
    return steps
  }

  /** The channels that get a stream of the RTMP server connect to another address. */
  get #ingestMoves(): boolean {
    const [before, after] = [this.before.server.ingest, this.after.server.ingest]
    return before?.listen !== after?.listen
  }

  /** `encodes`: what an encode does that was not there. */
  #target(
    path: Path,
    before: TargetConfig | undefined,
    after: TargetConfig | undefined,
    { runs, encodes }: { readonly runs: boolean; readonly encodes: Effect },
  ): PlanStep[] {
    if (before === undefined || after === undefined) {
      const change = before === undefined ? 'added' : 'removed'
      const effect = after?.encode ? encodes : 'live'
      return [made(path, change, effect, `target ${String(path[3])} of ${String(path[1])} is ${change}`)]
    }
    const connected = runs && before.enabled && after.enabled
    const anew: Effect = connected ? 'reconnects-target' : 'live'
    const { encode: oldEncode, ...old } = before
    const { encode: newEncode, ...next } = after
    const steps = this.#fields(path, old, next, connected ? TARGET : {}, anew)
    // From the programme's packets to an encode of its own, and back.
    if (oldEncode === undefined || newEncode === undefined) {
      const effect = newEncode && encodes !== 'live' ? encodes : anew
      return [...steps, ...this.#fields(path, { encode: oldEncode }, { encode: newEncode }, {}, effect)]
    }
    return [...steps, ...this.#fields([...path, 'encode'], oldEncode, newEncode, {}, anew)]
  }

  /** A step for each field that differs; absent and undefined are the same. */
  #fields(path: Path, before: object, after: object, effects: Effects, otherwise: Effect): PlanStep[] {
    const [old, next] = [before, after] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]
    return namesOf(old, next)
      .filter(name => !isEqual(old[name], next[name]))
      .map(name => {
        const at = [...path, name]
        const change = old[name] === undefined ? 'added' : next[name] === undefined ? 'removed' : 'changed'
        return made(
          at,
          change,
          effects[name] ?? otherwise,
          `${shownPath(at).replace(/^channels\./, '')}: ${this.#shown(at)}`,
        )
      })
  }

  /** Old and new value, without secrets. */
  #shown(path: Path): string {
    const [old, next] = [shown(at(this.#shownBefore, path)), shown(at(this.#shownAfter, path))]
    return old === next ? `${next} (what is not shown of it)` : `${old} → ${next}`
  }
}

/** Fields of a channel whose effect depends on the others. */
function exceptions(before: ChannelConfig, after: ChannelConfig): Effects {
  const effects: Record<string, Effect> = {}
  // The relay of a copy has it in its native part.
  if (after.mode === 'copy' && after.inputs.length > 1) effects['holdBack'] = 'restarts-channel'
  // A video is the last input.
  const isVideo = ({ slate }: ChannelConfig): boolean => slate !== undefined && slateKind(slate) === 'video'
  if (isVideo(before) || isVideo(after)) effects['slate'] = 'restarts-channel'
  if (isEqual(before.inputs.map(named), after.inputs.map(named))) effects['inputs'] = 'live'
  return effects
}

/** With the name that it has without one. */
function named(input: InputConfig, index: number): InputConfig {
  return { ...input, name: input.name ?? ('ingest' in input ? input.ingest : `input-${index + 1}`) }
}

function decodes({ mode, targets }: ChannelConfig): boolean {
  return mode !== 'copy' || Object.values(targets).some(({ encode }) => encode !== undefined)
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? own(value, String(name)) : undefined), root)
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function namesOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}

const modeWord = (mode: ChannelConfig['mode']): string => (mode === 'copy' ? 'copy' : 'encode')

const TOLD: Readonly<Record<Effect, string>> = {
  live: '',
  'reconnects-target': '; this target is connected anew',
  'restarts-channel': '; the channel starts anew',
  'starts-channel': '; it starts',
  'stops-channel': '; it stops',
  'restarts-server': '; at the next start of the server',
}

function made(path: Path, change: PlanStep['change'], effect: Effect, text: string): PlanStep {
  const channel = path[0] === 'channels' ? String(path[1]) : null
  return { path: shownPath(path), change, effect, channel, text: text + TOLD[effect] }
}

/** What is more than a word is told by its kind. */
function shown(value: unknown): string {
  if (value === undefined) return 'none'
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`
  if (isObject(value)) return `with ${Object.keys(value).map(shownName).join(', ') || 'no fields'}`
  const text = String(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
