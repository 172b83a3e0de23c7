import { systemClock, type Clock } from '../core/clock'
import { RxGstError } from '../core/errors'
import { maskText, MOST_PEER_TEXT, peerText } from '../core/peer-text'
import type { Logger } from '../core/types'
import { native } from '../addon/binding'
import type { Timeline } from '../addon/capture'
import type { ElementHandle } from '../addon/gst'
import type { NativeMessage, NativePipeline, PadCounter, PadCounts, Standstill } from '../addon/pipeline'
import { debugText, faultCode, faultRetryable, faultText, isTransport } from './fault'
import type { StreamKind } from '../pipelines/flv-codecs'
import { peerOf } from './peer-of'
import { withoutDump } from './server-said'
import type { Graph, GstValue } from '../pipelines/graph/graph'
import { describe, type DescribeOptions } from './to-native'
import { GraphRelays } from './graph-relays'
import { toRxGstError } from './build-error'

export interface RunnerOptions extends DescribeOptions {
  /** Asked whenever a text leaves: more may become known while the pipeline runs. */
  readonly secrets: Iterable<string>
  readonly logger: Logger
  /** Of its deadlines; default the system's. */
  readonly clock?: Clock
  /** Whom its transport talks to, without secrets: named where that fails. Absent: what the element's location says. */
  readonly peer?: string
  readonly timeline?: Timeline
  /** A source that crashes when it is stopped in the middle of a read: rtmpsrc. */
  readonly stopWhenIdle?: string
  /** A graph of the program's own: what speaks librtmp in it goes through relays. */
  readonly relayed?: boolean
  /** Whether media has flowed: a transport's error then means a lost connection. */
  readonly wasLive: () => boolean
  readonly onError: (error: RxGstError) => void
  readonly onEos: () => void
  /** The whole pipeline plays: every sink has had its first buffer. */
  readonly onPlaying?: () => void
  /** A demuxer's pad that no branch takes, such as a codec that the graph does not decode. */
  readonly onUnlinked?: (pad: string, caps: string) => void
  /** A codec that is not decoded; `refused`: it is the end. */
  readonly onCodec?: (kind: StreamKind, codec: string, refused: boolean) => void
  /**
   * Every message of the bus, before the engine acts on it; without it only what the engine acts on leaves the addon.
   */
  readonly onMessage?: (message: NativeMessage) => void
}

type State = 'READY' | 'PAUSED' | 'PLAYING'

/** A stop that GStreamer has not finished by then is stuck in a peer or a driver, ms; all of stop() has 5 s. */
const STOP_DEADLINE = 4000

/** Of one text of an element that the program chose, and of GStreamer's debug text, characters. */
const MOST_OWN_TEXT = 1000
const MOST_DEBUG = 1000
/** What the addon refuses a peer with. */
const REFUSALS = ['ERR_UNSUPPORTED_MEDIA', 'ERR_BAD_STREAM', 'ERR_HANDSHAKE'] as const

/** Pipelines whose stop never returned, set aside; in a healthy process none. */
let poisoned = 0

/** The addon holds what it calls, and a pipeline that was built and never started may be forgotten. */
function pollOf(weak: WeakRef<Runner>, started: { readonly runner: Runner | null }): () => void {
  return () => (started.runner ?? weak.deref())?.poll()
}

/**
 * Runs one graph. The addon makes its pipeline, changes its state in workers, reads its bus and
 * rings. Runs once.
 */
export class Runner {
  readonly #graph: Graph
  readonly #pipeline: NativePipeline
  readonly #options: RunnerOptions
  readonly #clock: Clock
  readonly #relays: GraphRelays | null
  /** Keeps a runner alive once its pipeline has changed its state. */
  readonly #startedBy: { runner: Runner | null } = { runner: null }
  #settling: Promise<void> | null = null
  #settled = false
  /** Sources that were ended by their relay. */
  #ending: ReadonlySet<string> = new Set()
  #closing = false
  /** What ends a stop that is on its way, and when it is given up: a blocking iterator lets no timer run. */
  #stopping: { readonly giveUpAt: number; readonly giveUp: () => void; readonly done: () => void } | null = null

  /** Every element made, every property set, every link made, or an error that says which was not. */
  constructor(graph: Graph, options: RunnerOptions) {
    this.#clock = options.clock ?? systemClock
    this.#graph = graph
    this.#options = options
    this.#relays = options.relayed ? new GraphRelays(graph) : null
    const description = describe(this.#relays?.graph ?? graph, options)
    const poll = pollOf(new WeakRef(this), this.#startedBy)
    const built = native().build(description, options.timeline ?? null, poll, options.onMessage !== undefined)
    if ('code' in built) this.#relays?.close()
    if ('code' in built)
      throw toRxGstError(
        built,
        property => this.#given(built.element, property),
        text => this.mask(text),
      )
    this.#pipeline = built
    this.#relays?.watch(name => this.element(name))
  }

  #given(element: string, property: string): unknown {
    return this.#graph.elements.find(({ name }) => name === element)?.props[property]
  }

  mask(text: string): string {
    return maskText(text, this.#options.secrets)
  }

  /** For the addon's own parts, until stop(). */
  element(name: string): ElementHandle {
    const element = this.#pipeline.element(name)
    if (element === null) throw new RxGstError('ERR_GRAPH', `there is no element named ${name}`)
    return element
  }

  counter(element: string, pad: string): PadCounter {
    return new (native().PadCounter)(this.element(element), pad)
  }

  /** What went over 'element.pad' since the start, where the pads are counted; null: no such pad so far. */
  counts(pad: string): PadCounts | null {
    return this.#pipeline.counts(pad)
  }

  /** Where the graph waits for what cannot come; null: nowhere. */
  standstill(): Standstill | null {
    return this.#settling ? null : this.#pipeline.standstill()
  }

  /** Whether what a source brings is being taken just now, which may take long. */
  held(source: string): boolean {
    return this.#pipeline.held(source)
  }

  pads(element: string): { readonly now: readonly string[]; readonly later: readonly string[] } {
    return this.#pipeline.pads(element)
  }

  get(element: string, property: string): GstValue {
    const { value, buildError } = this.#pipeline.get(element, property)
    if (buildError)
      throw toRxGstError(
        buildError,
        () => undefined,
        text => this.mask(text),
      )
    if (value === undefined)
      throw new RxGstError('ERR_PIPELINE', `${element} does not tell its ${property}: it holds its lock`, { element })
    return property === 'location' && this.#relays ? this.#relays.location(element, value) : value
  }

  /** All of them or none. On a running pipeline a worker sets them, and is waited for 20 ms at most. */
  set(element: string, props: readonly (readonly [string, GstValue])[]): void {
    const { late, buildError } = this.#pipeline.set(element, this.#relays?.given(element, props) ?? props)
    if (props.some(([name]) => name === 'location')) this.#keepRelay(element, late === true)
    if (buildError)
      throw toRxGstError(
        buildError,
        property => props.find(([name]) => name === property)?.[1],
        text => this.mask(text),
      )
    if (late) this.#options.logger.debug(`${element} holds its lock: its properties are set when it lets go`)
  }

  /** An element that runs keeps the location that it has. */
  #keepRelay(element: string, late: boolean): void {
    const relays = this.#relays
    if (!relays?.leads(element)) return
    relays.watch(name => this.element(name))
    const { value } = late ? {} : this.#pipeline.get(element, 'location')
    if (value !== undefined) relays.keep(element, value)
  }

  /** Shows the pipeline at the door to introspection; false: it has stopped, or nobody has opened the door. */
  introspect(): boolean {
    return !this.#settling && this.#pipeline.introspect()
  }

  /** The pipeline as it is now, for Graphviz. */
  toDot(): string {
    const dot = this.#pipeline.dot()
    if (dot === null)
      throw new RxGstError('ERR_PIPELINE', 'the pipeline cannot be drawn now: an element holds its lock')
    return this.mask(this.#relays?.ownDot(dot, text => this.mask(text)) ?? dot)
  }

  get droppedMessages(): number {
    return this.#pipeline.droppedMessages()
  }

  /** Resolves when GStreamer has returned from it: a source may still be connecting then. False after stop(). */
  async setState(state: State): Promise<boolean> {
    if (this.#settled) return false
    this.#startedBy.runner = this
    return this.#pipeline.setState(state)
  }

  requestKeyframe(element: string): void {
    if (!this.#settling) this.#pipeline.requestKeyframe(element)
  }

  /** Whether something is lost when the stream is cut off instead of ended: a muxer's index, a file's last bytes. */
  get wantsEnd(): boolean {
    return this.#pipeline.wantsEnd()
  }

  /** End-of-stream out of every source; onEos tells when it has come through. */
  async endSources(): Promise<void> {
    if (this.#settling) return
    const ended = this.#relays?.sources ?? []
    this.#ending = new Set(ended)
    this.#relays?.endSources()
    await this.#pipeline.endSources(ended)
  }

  /** Hears what waits now; the blocking iterators call it between two waits. */
  poll(): void {
    if (this.#settled) return
    const messages = this.#pipeline.takeMessages()
    const stop = this.#stopping
    if (!stop) {
      for (const message of messages) {
        // librtmp takes the end of its relay for a fault.
        if (message.type === 'error' && this.#ending.has(message.element)) continue
        this.#hear(this.#relays?.ownMessage(message) ?? message)
      }
    } else if (this.#pipeline.stopped()) stop.done()
    else if (this.#clock.now() >= stop.giveUpAt) stop.giveUp()
  }

  /** To NULL, within a deadline; a pipeline that does not get there is set aside and counted. Never rejects. */
  stop(deadline = STOP_DEADLINE): Promise<void> {
    this.#closing = true
    if (this.#settled) this.#close()
    return this.settle(deadline)
  }

  /**
   * The same, but its elements can still be read, until stop(). No step of it waits for a promise: a blocking iterator
   * that reconnects lets none resolve.
   */
  settle(deadline = STOP_DEADLINE): Promise<void> {
    this.#settling ??= new Promise(resolve => {
      const stopWhenIdle =
        this.#options.stopWhenIdle === undefined ? (this.#relays?.stopWhenIdle ?? []) : [this.#options.stopWhenIdle]
      const done = (): void => {
        if (this.#settled) return
        this.#settled = true
        this.#clock.clearTimeout(timer)
        this.#relays?.close()
        // A change that NULL has overtaken comes to nothing: whoever waits for it knows that it is over.
        if (this.#closing) this.#close()
        else this.#pipeline.mute()
        resolve()
      }
      const giveUp = (): void => {
        if (this.#settled) return
        // The event loop may have been held up for longer than GStreamer.
        if (this.#pipeline.stopped()) return done()
        poisoned++
        this.#options.logger.error(`a pipeline did not stop in time; it is set aside (${poisoned} so far)`)
        done()
      }
      const timer = this.#clock.setTimeout(giveUp, deadline)
      this.#stopping = { giveUpAt: this.#clock.now() + deadline, giveUp, done }
      this.#relays?.leave()
      this.#startedBy.runner = this
      this.#pipeline.stop(stopWhenIdle)
    })
    return this.#settling
  }

  #close(): void {
    this.#pipeline.close()
  }

  /** Whether stop() is through. */
  get stopped(): boolean {
    return this.#settled
  }

  #hear(message: NativeMessage): void {
    const { logger } = this.#options
    this.#options.onMessage?.(message)
    switch (message.type) {
      case 'eos':
        this.#options.onEos()
        return
      case 'state-changed':
        if (message.own && message.detail['new-state'] === 'playing') this.#options.onPlaying?.()
        return
      case 'element':
        this.#hearElement(message)
        return
      case 'warning':
        logger.warn(faultText(this.#shown(message)))
        return
      case 'error': {
        const { element, factory, domain, code } = message
        const gst = {
          element,
          factory,
          domain,
          code,
          text: this.#peer(message.text),
          debug: this.#peer(message.debug, MOST_DEBUG),
        }
        logger.debug(`${element}: ${domain} ${code}: ${gst.text}; ${gst.debug}`)
        // What the engine names, people read: the factory of a capture's elements, the name of the program's own.
        const where = this.#options.onMessage ? element : factory || element
        const ours = faultCode(message, this.#options.wasLive())
        const { peer = peerOf(this.#graph, element) } = this.#options
        const its = isTransport(message) || ours === 'ERR_PLAY_REJECTED'
        const said = faultText(this.#shown(peer !== undefined && its ? { ...message, element: peer } : message))
        const hint = ours === 'ERR_PLAY_REJECTED' ? '; perhaps nobody publishes it now, or under another name' : ''
        const retryable = faultRetryable(message, ours)
        this.#options.onError(new RxGstError(ours, said + hint, { element: where, gst, retryable }))
      }
    }
  }

  /** What a server said may be anything; elements of the program's own graph say more of use. */
  #peer(text: string, most = this.#options.onMessage ? MOST_OWN_TEXT : MOST_PEER_TEXT): string {
    return peerText(text, this.#options.secrets, most)
  }

  /** The line that GStreamer writes its own place in goes, as does librtmp's address, before anything is cut. */
  #shown({ element, text, debug }: NativeMessage): { element: string; text: string; debug: string } {
    // Masked before it is cut, and cut before it is searched: a server may send 60 kB of blanks.
    const [whole, more] = [text, debug].map(raw => this.mask(raw).slice(0, MOST_DEBUG)) as [string, string]
    const said = debugText(more)
    return {
      element,
      text: this.#peer(withoutDump(whole)),
      debug: whole.includes(said) ? '' : this.#peer(withoutDump(said)),
    }
  }

  /** What the addon itself has to say, by way of the bus. */
  #hearElement({ name, detail, element, factory }: NativeMessage): void {
    const text = (field: string): string => this.#peer(String(detail[field] ?? ''), MOST_OWN_TEXT)
    if (name === 'rxgst-unlinked') this.#options.onUnlinked?.(text('pad'), text('caps'))
    if (name === 'rxgst-codec') {
      this.#options.onCodec?.(text('kind') === 'video' ? 'video' : 'audio', text('codec'), detail.refused === true)
    }
    if (name !== 'rxgst-refused') return
    const code = REFUSALS.find(known => known === text('code')) ?? 'ERR_BAD_STREAM'
    const why = detail.sentence === true ? text('why') : `the stream carries ${text('why') || 'what is not taken'}`
    this.#options.onError(new RxGstError(code, why, { element: factory || element }))
  }
}
