import { systemClock, type Clock } from '../core/clock'
import { RxGstError, type ErrorCode } from '../core/errors'
import { maskText, MOST_PEER_TEXT, peerText } from '../core/peer-text'
import type { Logger } from '../core/types'
import { native } from '../addon/binding'
import type { Timeline } from '../addon/capture'
import type { ElementHandle } from '../addon/gst'
import type { NativeMessage, NativePipeline, PadCounter, PadCounts, Standstill } from '../addon/pipeline'
import { debugText, faultCode, faultRetryable, faultText, isTransport, type GstFault } from './fault'
import type { StreamKind } from '../pipelines/flv-codecs'
import { peerOf } from './peer-of'
import { withoutDump } from './server-said'
import type { Graph, GstValue } from '../pipelines/graph/graph'
import { toNative, type NativeOptions } from './to-native'
import { GraphRelays } from './graph-relays'
import { toRxGstError } from './build-error'

export interface RunnerOptions extends NativeOptions {
  /** Secrets to mask. Read for each text, since more may become known while the pipeline runs. */
  readonly secrets: Iterable<string>
  readonly logger: Logger
  /** Clock of the deadlines; default the system's. */
  readonly clock?: Clock
  /** The server's address without secrets, for messages. Absent: from the element's location. */
  readonly peer?: string
  /** The code of an error that the pipeline's owner knows better; null: that of all graphs. Its element is the peer. */
  readonly faultOf?: (fault: GstFault, wasLive: boolean) => ErrorCode | null
  readonly timeline?: Timeline
  /** A source that crashes when it is stopped in the middle of a read (rtmpsrc): it stops when idle. */
  readonly stopWhenIdle?: string
  /** Whether the librtmp elements of the graph go through relays: for graphs of the program. */
  readonly relayed?: boolean
  /** Whether media has flowed: then an error of the transport means a lost connection. */
  readonly wasLive: () => boolean
  readonly onError: (error: RxGstError) => void
  readonly onEos: () => void
  /** The whole pipeline plays: every sink has had its first buffer. */
  readonly onPlaying?: () => void
  /** A demuxer's pad that no branch takes, such as a codec that the graph does not decode. */
  readonly onUnlinked?: (pad: string, caps: string) => void
  /** The stream has another track, or a track another codec. */
  readonly onTrack?: (kind: StreamKind, id: number, codec: string) => void
  /** The stream has a codec that is not decoded. `refused`: so the stream cannot be shown at all. */
  readonly onCodec?: (kind: StreamKind, codec: string, refused: boolean) => void
  /** What a server said to rxrtmpsrc or rxrtmpsink besides, such as 'publisher-gone', and its words. */
  readonly onSaid?: (event: string, text: string) => void
  /**
   * Every message of the bus, before the engine acts on it. Without this option, the addon passes on only the messages
   * on which the engine acts.
   */
  readonly onMessage?: (message: NativeMessage) => void
}

type State = 'READY' | 'PAUSED' | 'PLAYING'

/** Deadline of GStreamer's stop, which otherwise is stuck in a peer or a driver. All of stop() has 5 s. */
const STOP_DEADLINE_MS = 4000

/** Longest text of an element in a graph of the program, characters. */
const MOST_OWN_TEXT = 1000
/** Longest debug text of GStreamer, characters. */
const MOST_DEBUG = 1000
/** Codes with which the addon refuses a peer's data. */
const REFUSALS = ['ERR_UNSUPPORTED_MEDIA', 'ERR_BAD_STREAM', 'ERR_HANDSHAKE'] as const

/** Pipelines that did not stop, and were set aside: none in a healthy process. */
let stuck = 0

/**
 * The addon's callback. It holds the runner weakly until the pipeline starts, so that the garbage collector can take
 * one that was built and never started.
 */
function pollOf(weak: WeakRef<Runner>, started: { readonly runner: Runner | null }): () => void {
  return () => (started.runner ?? weak.deref())?.poll()
}

/**
 * The runner of one graph, from its building to its stop. The addon makes the pipeline, changes its state on workers,
 * and wakes the runner for messages of the bus. A runner runs once.
 */
export class Runner {
  readonly #graph: Graph
  readonly #pipeline: NativePipeline
  readonly #options: RunnerOptions
  readonly #clock: Clock
  readonly #relays: GraphRelays | null
  /** Keeps the runner alive when its pipeline has left state NULL. */
  readonly #startedBy: { runner: Runner | null } = { runner: null }
  #settling: Promise<void> | null = null
  #settled = false
  /** Sources whose relay has ended their stream. */
  #ending: ReadonlySet<string> = new Set()
  #closing = false
  /** The ways out of a stop that is under way, for poll(): under a blocking iterator no timer runs. */
  #stopping: { readonly giveUpAt: number; readonly giveUp: () => void; readonly done: () => void } | null = null

  /** Makes all elements, properties and links, or throws an error that names the first that failed. */
  constructor(graph: Graph, options: RunnerOptions) {
    this.#clock = options.clock ?? systemClock
    this.#graph = graph
    this.#options = options
    this.#relays = options.relayed ? new GraphRelays(graph) : null
    const description = toNative(this.#relays?.graph ?? graph, options)
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

  /** A handle for the addon, valid until stop(). */
  element(name: string): ElementHandle {
    const element = this.#pipeline.element(name)
    if (element === null) throw new RxGstError('ERR_GRAPH', `there is no element named ${name}`)
    return element
  }

  counter(element: string, pad: string): PadCounter {
    return new (native().PadCounter)(this.element(element), pad)
  }

  /** Counters of 'element.pad' since the start, if pads are counted; null: no such pad yet. */
  counts(pad: string): PadCounts | null {
    return this.#pipeline.counts(pad)
  }

  /** Place where the graph waits for something that cannot come; null: nowhere. */
  standstill(): Standstill | null {
    return this.#settling ? null : this.#pipeline.standstill()
  }

  /** Whether downstream elements still work on a source's last buffer, which may take long. */
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
      throw new RxGstError(
        'ERR_PIPELINE',
        `${element} did not answer with its ${property} in time: it holds its lock`,
        { element },
      )
    return property === 'location' && this.#relays ? this.#relays.location(element, value) : value
  }

  /** Sets all properties or none. On a running pipeline a worker does it; the JS thread waits for it 20 ms at most. */
  set(element: string, props: readonly (readonly [string, GstValue])[]): void {
    const { late, buildError } = this.#pipeline.set(element, this.#relays?.redirectProps(element, props) ?? props)
    if (props.some(([name]) => name === 'location')) this.#keepRelay(element, late === true)
    if (buildError)
      throw toRxGstError(
        buildError,
        property => props.find(([name]) => name === property)?.[1],
        text => this.mask(text),
      )
    if (late) this.#options.logger.debug(`${element} is at work: its properties are set when it lets them be`)
  }

  /** Keeps the relay of the element's present location: a running element does not take a new one. */
  #keepRelay(element: string, late: boolean): void {
    const relays = this.#relays
    if (!relays?.isLibrtmp(element)) return
    relays.watch(name => this.element(name))
    const { value } = late ? {} : this.#pipeline.get(element, 'location')
    if (value !== undefined) relays.keep(element, value)
  }

  /** Hands the pipeline to the door to introspection. False: it has stopped, or the door is closed. */
  introspect(): boolean {
    return !this.#settling && this.#pipeline.introspect()
  }

  /** The present pipeline as text for Graphviz. */
  toDot(): string {
    const dot = this.#pipeline.dot()
    if (dot === null)
      throw new RxGstError('ERR_PIPELINE', 'the pipeline cannot be drawn now: an element holds its lock')
    return this.mask(this.#relays?.restoreDot(dot, text => this.mask(text)) ?? dot)
  }

  get droppedMessages(): number {
    return this.#pipeline.droppedMessages()
  }

  /**
   * Resolves when GStreamer's call has returned; a source may still be connecting. False: it failed, or stop() came.
   */
  async setState(state: State): Promise<boolean> {
    if (this.#settled) return false
    this.#startedBy.runner = this
    return this.#pipeline.setState(state)
  }

  /** @param from running time, µs; absent: the next picture */
  requestKeyframe(encoder: string, from?: number): void {
    if (!this.#settling) this.#pipeline.requestKeyframe(encoder, from)
  }

  /** Whether a stop without end-of-stream would lose something: a muxer's index, the last bytes of a file. */
  get wantsEnd(): boolean {
    return this.#pipeline.wantsEnd()
  }

  /** Sends end-of-stream from every source. onEos() tells when all sinks have got it. */
  async endSources(): Promise<void> {
    if (this.#settling) return
    const ended = this.#relays?.sources ?? []
    this.#ending = new Set(ended)
    this.#relays?.endSources()
    await this.#pipeline.endSources(ended)
  }

  /** Reads the messages that wait. Blocking iterators call it between two waits. */
  poll(): void {
    if (this.#settled) return
    const messages = this.#pipeline.takeMessages()
    const stop = this.#stopping
    if (!stop) {
      for (const message of messages) {
        // librtmp reports the end of its relay as an error.
        if (message.type === 'error' && this.#ending.has(message.element)) continue
        this.#onMessage(this.#relays?.restoreMessage(message) ?? message)
      }
    } else if (this.#pipeline.stopped()) stop.done()
    else if (this.#clock.now() >= stop.giveUpAt) stop.giveUp()
  }

  /** Stops the pipeline, within a deadline. One that does not stop is set aside and counted. Never rejects. */
  stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    this.#closing = true
    if (this.#settled) this.#close()
    return this.settle(deadlineMs)
  }

  /**
   * The same, but the elements can still be read, until stop(). No step waits for a promise, since none resolves while
   * a blocking iterator reconnects.
   */
  settle(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    this.#settling ??= new Promise(resolve => {
      const stopWhenIdle =
        this.#options.stopWhenIdle === undefined ? (this.#relays?.stopWhenIdle ?? []) : [this.#options.stopWhenIdle]
      const done = (): void => {
        if (this.#settled) return
        this.#settled = true
        this.#clock.clearTimeout(timer)
        this.#relays?.close()
        // Either call ends the state changes that NULL has overtaken: they resolve with false.
        if (this.#closing) this.#close()
        else this.#pipeline.mute()
        resolve()
      }
      const giveUp = (): void => {
        if (this.#settled) return
        // A blocked event loop may be the reason for the delay, and not GStreamer.
        if (this.#pipeline.stopped()) return done()
        stuck++
        this.#options.logger.error(`a pipeline did not stop in time; it is set aside (${stuck} so far)`)
        done()
      }
      const timer = this.#clock.setTimeout(giveUp, deadlineMs)
      this.#stopping = { giveUpAt: this.#clock.now() + deadlineMs, giveUp, done }
      this.#relays?.sayGoodbye()
      this.#startedBy.runner = this
      this.#pipeline.stop(stopWhenIdle)
    })
    return this.#settling
  }

  #close(): void {
    this.#pipeline.close()
  }

  /** Whether stop() is done. */
  get stopped(): boolean {
    return this.#settled
  }

  #onMessage(message: NativeMessage): void {
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
        this.#onElementMessage(message)
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
        // Users know the factory of a capture's or an output's element, and the name of their own element.
        const where = this.#options.onMessage ? element : factory || element
        const wasLive = this.#options.wasLive()
        const known = this.#options.faultOf?.(message, wasLive) ?? null
        const errorCode = known ?? faultCode(message, wasLive)
        const { peer = peerOf(this.#graph, element) } = this.#options
        const isServers = known !== null || isTransport(message) || errorCode === 'ERR_PLAY_REJECTED'
        const sentence = faultText(
          this.#shown(peer !== undefined && isServers ? { ...message, element: peer } : message),
        )
        const hint = errorCode === 'ERR_PLAY_REJECTED' ? '; perhaps nobody publishes it now, or under another name' : ''
        const retryable = faultRetryable(message, errorCode)
        this.#options.onError(new RxGstError(errorCode, sentence + hint, { element: where, gst, retryable }))
      }
    }
  }

  /** Cleans and cuts a text: a server can send anything. Elements of the program's own graph may say more. */
  #peer(text: string, most = this.#options.onMessage ? MOST_OWN_TEXT : MOST_PEER_TEXT): string {
    return peerText(text, this.#options.secrets, most)
  }

  /** The readable parts of an error, without the place in GStreamer's code and without librtmp's address. */
  #shown({ element, text, debug }: NativeMessage): { element: string; text: string; debug: string } {
    // Masked before it is cut, and cut before it is searched: a server may send 60 kB of spaces.
    const [whole, more] = [text, debug].map(raw => this.mask(raw).slice(0, MOST_DEBUG)) as [string, string]
    const extra = debugText(more)
    return {
      element,
      text: this.#peer(withoutDump(whole)),
      debug: whole.includes(extra) ? '' : this.#peer(withoutDump(extra)),
    }
  }

  /** Messages of the addon itself, which come over the bus. */
  #onElementMessage({ name, detail, element, factory }: NativeMessage): void {
    // The addon's own words stay as they are: a stream's name, which is masked, may be a part of them.
    const text = (field: string): string => this.#peer(String(detail[field] ?? ''), MOST_OWN_TEXT)
    if (name === 'rxgst-unlinked') this.#options.onUnlinked?.(text('pad'), text('caps'))
    if (name === 'rxgst-rtmp') this.#options.onSaid?.(String(detail.event), text('text'))
    if (name === 'rxgst-track') {
      this.#options.onTrack?.(detail.kind === 'video' ? 'video' : 'audio', Number(detail.track), text('codec'))
    }
    if (name === 'rxgst-codec') {
      this.#options.onCodec?.(detail.kind === 'video' ? 'video' : 'audio', text('codec'), detail.refused === true)
    }
    if (name !== 'rxgst-refused') return
    const code = REFUSALS.find(known => known === detail.code) ?? 'ERR_BAD_STREAM'
    const why =
      detail.sentence === true ? text('why') : `the stream carries ${text('why') || 'something that is not accepted'}`
    this.#options.onError(new RxGstError(code, why, { element: factory || element }))
  }
}
