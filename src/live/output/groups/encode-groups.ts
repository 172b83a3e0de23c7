import type { PacketListener } from '../../../addon/record'
import { badValue } from '../../../core/check'
import { checkBitrate } from '../../../core/rates'
import { systemClock, type Clock } from '../../../core/clock'
import { withDeadline } from '../../../core/deadline'
import type { OutputGroupInfo } from '../../../core/encode/options'
import { asRxGstError, RxGstError } from '../../../core/errors'
import type { Meters } from '../../../meter/meters'
import { keepsBitrate, type EncoderElement } from '../../../pipelines/encoder'
import type { Graph } from '../../../pipelines/graph/graph'
import type { ResolvedOutputOptions } from '../../options'
import { BitrateControl } from '../bitrate-control'
import { Encoding } from '../encoding'
import type { OutputTarget } from '../target'
import { AudioEncoding } from './audio-encoding'
import { keyOf } from './own-encode'
import { Pacing } from './pacing'

/** An encoder for each takes enough, and so many series has Prometheus at most. */
const MOST_GROUPS = 16

export interface GroupEvents {
  /** The present targets of a group. */
  targetsOf(group: EncodeGroup): readonly OutputTarget[]
  /** The encoder of a group runs: its targets may connect. */
  onReady(group: EncodeGroup): void
  /** A group has no encoder any more, and is gone: so are its targets. */
  onFailed(group: EncodeGroup, error: RxGstError): void
}

/** Parts that tests replace. */
export interface GroupTools {
  readonly clock?: Clock
  readonly graph?: (encoder: EncoderElement) => Graph
  readonly meters?: Meters | null
}

/** Targets with equal encodes, and the encoder that they share. */
export class EncodeGroup {
  readonly id: string
  readonly key: string
  /** Those of the output, with what its targets ask. */
  readonly options: ResolvedOutputOptions
  /** Targets that use it. */
  users = 0
  /** null: not begun yet, or over. */
  encoding: Encoding | null = null
  audio: AudioEncoding | null = null
  isReady = false
  /** Numbers of those who get its packets, and are no targets. */
  readonly listeners = new Set<number>()
  /** Absent unless the bitrate follows the networks of its targets. */
  control: BitrateControl | null = null

  constructor(id: string, key: string, options: ResolvedOutputOptions) {
    this.id = id
    this.key = key
    this.options = options
  }

  get isDefault(): boolean {
    return this.id === DEFAULT
  }

  info(targets: readonly string[]): OutputGroupInfo {
    const { width, height, fps, audioBitrate, codec } = this.options
    const { encoder = '', encoderReason = null, bitrate = this.options.bitrate } = this.encoding ?? {}
    return { id: this.id, codec, encoder, encoderReason, width, height, fps, bitrate, audioBitrate, targets }
  }
}
const DEFAULT = 'default'

/** What is expected of a bitrate on air; null: this one is taken. */
function refusalOf(encoding: Encoding | null, bitrate: number, { bitrate: first }: ResolvedOutputOptions) {
  if (encoding && keepsBitrate(encoding.encoder)) return 'nothing on air, with this encoder,'
  // It refuses more than it began with.
  const limited = encoding?.encoder === 'openh264enc' && bitrate > first
  return limited ? `at most ${first} on air, with this encoder,` : null
}

/**
 * The encoders of an output: its pacer, and a group for each encode that targets ask for. All groups get the same
 * pictures and audio. A group begins with its first target, and ends with its last one, except the only one there is,
 * if it is that of the output's own options: a program may write to an output without targets.
 */
export class EncodeGroups {
  readonly #options: ResolvedOutputOptions
  readonly #events: GroupEvents
  readonly #tools: GroupTools
  readonly #clock: Clock
  readonly pacing: Pacing
  readonly #meters: Meters | null
  readonly #groups = new Map<string, EncodeGroup>()
  /** By bitrate. */
  readonly #audio = new Map<number, AudioEncoding>()
  /** Groups and audio encoders that stop; their numbers are not free yet. */
  readonly #stopping = new Map<EncodeGroup | AudioEncoding, Promise<void>>()
  /** Encoders of groups that are over: their counters still move. */
  readonly #ending = new Set<Encoding>()
  /** Counters of groups that are over. */
  #past = { packets: 0, bytes: 0, filler: 0 }
  #metered: { readonly group: EncodeGroup; readonly unmeter: () => void } | null = null
  /** Since it was set on air; null: that of the options. */
  #bitrate: number | null = null
  #begun = false
  #over: RxGstError | null = null

  constructor(options: ResolvedOutputOptions, events: GroupEvents, tools: GroupTools = {}) {
    this.#options = options
    this.#events = events
    this.#tools = tools
    this.#clock = tools.clock ?? systemClock
    this.#meters = tools.meters ?? null
    this.pacing = new Pacing(options, this.#clock)
  }

  /** Whether start() was called. */
  get begun(): boolean {
    return this.#begun
  }

  /** In order of their beginning. */
  get list(): readonly EncodeGroup[] {
    return [...this.#groups.values()]
  }

  /** That of the output's own options; null: no target is in it. */
  get default(): EncodeGroup | null {
    return this.list.find(({ isDefault }) => isDefault) ?? null
  }

  /** Bitrate of the video at which the first group's encoder aims, bit/s. */
  get bitrate(): number {
    const group = this.default ?? this.list[0]
    return group?.encoding?.bitrate ?? group?.options.bitrate ?? this.#options.bitrate
  }

  /**
   * Sets that of the default group, and of the others whose targets ask for none. ERR_OPTION: the encoder of the
   * default group takes none on air, or its networks decide it.
   */
  setBitrate(given: string | number): void {
    const bitrate = checkBitrate('bitrate', given)
    if (this.#options.adaptiveBitrate !== null) throw badValue('no adaptiveBitrate', 'bitrate', bitrate)
    const refused = refusalOf(this.default?.encoding ?? null, bitrate, this.#options)
    if (refused !== null) throw badValue(refused, 'bitrate', bitrate)
    this.#bitrate = bitrate
    for (const group of this.list) this.#setBitrate(group)
  }

  /** Another group whose encoder cannot do it keeps its bitrate. */
  #setBitrate({ options, encoding }: EncodeGroup): void {
    if (this.#bitrate === null || options.ownBitrate || options.adaptiveBitrate !== null) return
    if (refusalOf(encoding, this.#bitrate, options) === null) encoding?.setBitrate(this.#bitrate)
  }

  /**
   * The group of a target's options, which has a user more now. It begins with start(), or at once where the output
   * runs. ERR_OPTION: there are too many.
   */
  join(options: ResolvedOutputOptions): EncodeGroup {
    const key = keyOf(options)
    const group = this.#groups.get(key) ?? this.#add(key, options)
    group.users++
    if (this.#begun && !group.encoding) void this.#begin(group)
    return group
  }

  /** Gives a listener the packets of the first group; returns how it leaves. ERR_NOT_RUNNING. */
  listen(listener: PacketListener): () => void {
    const group = this.default ?? this.list[0]
    if (this.#over || !group?.encoding || !group.isReady)
      throw new RxGstError('ERR_NOT_RUNNING', 'the output has no encoder now')
    const { encoding, listeners } = group
    const id = encoding.addTarget(fanout => fanout.listen(listener))
    listeners.add(id)
    return () => {
      if (listeners.delete(id)) encoding.removeTarget(id, false)
    }
  }

  #add(key: string, options: ResolvedOutputOptions): EncodeGroup {
    if (this.#groups.size >= MOST_GROUPS)
      throw new RxGstError('ERR_OPTION', `an output has at most ${MOST_GROUPS} different encodes`)
    const group = new EncodeGroup(this.#freeId(key), key, options)
    this.#groups.set(key, group)
    return group
  }

  /** The lowest number that is free: whoever counts by them has a bounded number of series. */
  #freeId(key: string): string {
    if (key === keyOf(this.#options)) return DEFAULT
    const stopping = [...this.#stopping.keys()].filter(one => one instanceof EncodeGroup)
    const taken = new Set([...this.list, ...stopping].map(({ id }) => id))
    for (let number = 1; ; number++) if (!taken.has(`group-${number}`)) return `group-${number}`
  }

  /** A target has left its group, which ends with its last one. Never rejects. */
  async leave(group: EncodeGroup, deadline: number): Promise<void> {
    group.users--
    if (group.users > 0 || this.#groups.get(group.key) !== group) return
    if (group.isDefault && this.#groups.size === 1) return
    await this.#drop(group, deadline)
  }

  /**
   * Without targets, the output has the encoder of its own options. Resolves when each group runs or has failed, or
   * after `patience` ms if one runs by then; the others go on starting. ERR_STATE_CHANGE: none does.
   */
  async start(patience = Infinity): Promise<void> {
    // It was stopped in the turn in which it was started.
    if (this.#over) throw this.#over
    this.#begun = true
    if (this.#groups.size === 0) this.#add(keyOf(this.#options), this.#options)
    const begun = Promise.all(this.list.map(group => this.#begin(group)))
    const text = `the encoders did not start within ${patience} ms`
    try {
      await withDeadline(begun, patience, () => new RxGstError('ERR_STATE_CHANGE', text), this.#clock)
    } catch (error) {
      const slow = this.list.filter(({ isReady }) => !isReady).map(({ id }) => id)
      if (slow.length === this.#groups.size) throw error
      this.#options.logger.error(`output: ${text}: ${slow.join(', ')}`)
    }
  }

  /** Never rejects. */
  async #begin(group: EncodeGroup): Promise<void> {
    const { graph } = this.#tools
    const host = {
      pacing: this.pacing,
      audio: this.#audioOf(group),
      meters: this.#meters,
      clock: this.#clock,
      onPoints: () => this.#meter(),
      onFailed: (error: RxGstError) => this.#fail(group, error),
      requestKeyframe: () => this.requestKeyframe(),
    }
    try {
      const encoding = new Encoding(group.options, host, graph)
      group.encoding = encoding
      await encoding.start()
      if (this.#over || group.encoding !== encoding) return
      group.isReady = true
      this.#setBitrate(group)
      this.pacing.pacer?.start()
      this.#control(group, encoding)
      // It was kept for targets that did not come.
      for (const idle of this.list) if (idle !== group && idle.users === 0) void this.#drop(idle, STOP_DEADLINE_MS)
      // Those that came before make a keyframe as well, so that all go on side by side.
      if (this.list.some(({ encoding: other }) => (other?.stats()?.videoPackets ?? 0) > 0)) this.requestKeyframe()
      this.#events.onReady(group)
    } catch (error) {
      this.#fail(group, asRxGstError(error, 'the encoder could not be built'))
    }
  }

  #control(group: EncodeGroup, encoding: Encoding): void {
    const { adaptiveBitrate } = group.options
    if (adaptiveBitrate === null) return
    const targetsOf = (): readonly OutputTarget[] => this.#events.targetsOf(group)
    const targets = {
      get list() {
        return targetsOf()
      },
    }
    group.control = new BitrateControl(group.options, adaptiveBitrate, targets, encoding)
  }

  #audioOf(group: EncodeGroup): AudioEncoding {
    const bitrate = group.options.audioBitrate
    const audio =
      this.#audio.get(bitrate) ??
      new AudioEncoding(group.options, this.pacing, this.#clock, {
        onPoints: () => this.#meter(),
        onFailed: error => {
          for (const one of this.list) if (one.audio === audio) this.#fail(one, error)
        },
      })
    this.#audio.set(bitrate, audio)
    group.audio = audio
    return audio
  }

  /** All groups make a keyframe of one picture, as far as their encoders can. */
  requestKeyframe(): void {
    const running = this.list.flatMap(({ encoding }) => encoding ?? [])
    if (running.length <= 1) return running[0]?.requestKeyframe()
    const every = this.list.map(({ options }) => options.every).reduce(leastCommonMultiple, 1)
    const from = this.pacing.pacer?.keyframeTime(every)
    for (const encoding of running) encoding.requestKeyframe(from)
  }

  /** The meters of an output are those of its default group, else of its first one. */
  #meter(): void {
    const group = this.default ?? this.list[0]
    this.#metered?.unmeter()
    this.#metered = null
    const { pacer } = this.pacing
    const [video, audio] = [group?.encoding?.points, group?.audio?.points]
    if (!group || !pacer || !video || !audio || this.#over || !this.#meters) return
    const points = {
      packets: [video.packets, audio.packets],
      pictures: [video.pictures],
      audio: [audio.samples],
      pacer,
    }
    this.#metered = { group, unmeter: this.#meters.attach(points) }
  }

  #fail(group: EncodeGroup, error: RxGstError): void {
    if (this.#over || this.#groups.get(group.key) !== group) return
    void this.#drop(group, STOP_DEADLINE_MS)
    this.#events.onFailed(group, error)
  }

  /** The group is gone at once, and stops. */
  #drop(group: EncodeGroup, deadline: number): Promise<void> {
    this.#groups.delete(group.key)
    const { encoding, audio } = group
    for (const id of group.listeners) encoding?.removeTarget(id, true)
    group.listeners.clear()
    group.control?.[Symbol.dispose]()
    const isMetered = this.#metered?.group === group
    if (isMetered) this.#metered?.unmeter()
    if (encoding) this.#ending.add(encoding)
    const stopped = (async () => {
      await encoding?.stop(deadline)
      if (encoding) {
        this.#ending.delete(encoding)
        this.#past = sum(this.#past, encoding.stats())
      }
      this.#stopping.delete(group)
    })()
    this.#stopping.set(group, stopped)
    group.encoding = null
    group.isReady = false
    const ended = audio && !this.list.some(one => one.audio === audio) ? this.#dropAudio(audio, deadline) : null
    if (isMetered) this.#meter()
    return Promise.all([stopped, ended]).then(() => {})
  }

  #dropAudio(audio: AudioEncoding, deadline: number): Promise<void> {
    for (const [bitrate, one] of this.#audio) if (one === audio) this.#audio.delete(bitrate)
    const stopped = audio.stop(deadline).then(() => void this.#stopping.delete(audio))
    this.#stopping.set(audio, stopped)
    return stopped
  }

  /** Encoded pictures, their bytes and filler, of all groups together. */
  totals(): { packets: number; bytes: number; filler: number } {
    const encodings = [...this.list.map(({ encoding }) => encoding), ...this.#ending]
    return encodings.reduce((all, encoding) => sum(all, encoding?.stats() ?? null), this.#past)
  }

  /** Encodes the queued pictures and sound, then end-of-stream; resolves when that has left the encoders. */
  async finish(): Promise<void> {
    const { pacer } = this.pacing
    if (!pacer || this.#over) return
    const encoded = this.list.map(({ encoding }) => encoding?.finish())
    pacer.finish()
    await Promise.all([...encoded, ...[...this.#audio.values()].map(({ finished }) => finished)])
  }

  /** Rejects the writes that wait with `reason`. */
  async stop(deadline: number, reason: RxGstError | null = null): Promise<void> {
    this.#over ??= reason ?? new RxGstError('ERR_NOT_RUNNING', 'the output was stopped')
    this.pacing.end(this.#over)
    for (const { control } of this.list) control?.[Symbol.dispose]()
    this.#metered?.unmeter()
    this.#metered = null
    const stopped = [
      ...this.#stopping.values(),
      ...this.list.map(({ encoding }) => encoding?.stop(deadline)),
      ...[...this.#audio.values()].map(audio => audio.stop(deadline)),
    ]
    this.pacing.close()
    await Promise.all(stopped)
  }
}

/** Of a group that is over. */
const STOP_DEADLINE_MS = 2000

type Totals = { packets: number; bytes: number; filler: number }

function sum(all: Totals, stats: ReturnType<Encoding['stats']>): Totals {
  if (!stats) return all
  return {
    packets: all.packets + stats.videoPackets,
    bytes: all.bytes + stats.videoBytes + stats.audioBytes,
    filler: all.filler + stats.filler,
  }
}

function leastCommonMultiple(one: number, other: number): number {
  let [a, b] = [one, other]
  while (b > 0) [a, b] = [b, a % b]
  return (one / a) * other
}
