import type { ElementHandle } from '../addon/gst'
import type { NativeMessage } from '../addon/pipeline'
import type { RtmpRelay } from '../addon/rtmp'
import type { Graph, GraphElement, GstValue } from '../pipelines/graph/graph'
import { GraphValueObject } from '../pipelines/graph/value'
import { parseLibrtmpLocation } from '../pipelines/librtmp-location'
import { relayTo } from './librtmp-relay'

/** What an element of librtmp was told in place of its location. */
interface Way {
  readonly relay: RtmpRelay
  /** The program's. */
  readonly own: string
  /** The element's. */
  readonly handed: string
  /** Host and port of both. */
  readonly there: string
  readonly here: RegExp
}

const LIBRTMP = new Set(['rtmpsrc', 'rtmpsink'])
/** To the server; librtmp has none of its own. ms. */
const CONNECT_TIMEOUT = 10_000
/** For librtmp's last words, ms. */
const GOODBYE = 500
/** Of a property in a drawing, as GStreamer cuts it, characters. */
const MOST_DRAWN = 80

/**
 * The relays of a graph's own rtmpsrc and rtmpsink elements. Elements have a location that leads to a relay; whoever
 * asks and whoever reads has that of the program.
 */
export class GraphRelays {
  /** As its elements are made. */
  readonly graph: Graph
  readonly #kinds: ReadonlyMap<string, string>
  /** By element; more than one while it is not known which of them it took. */
  readonly #ways = new Map<string, Way[]>()
  #goodbye: NodeJS.Timeout | null = null
  #over = false

  constructor(graph: Graph) {
    const own = graph.elements.filter(({ factory }) => LIBRTMP.has(factory))
    this.#kinds = new Map(own.map(({ name, factory }) => [name, factory]))
    try {
      const led = graph.elements.map(each => this.#led(each))
      this.graph = own.length === 0 ? graph : new GraphValueObject(led, graph.links)
    } catch (error) {
      this.close()
      throw error
    }
  }

  #led(element: GraphElement): GraphElement {
    const { location } = element.props
    if (!this.#kinds.has(element.name) || typeof location !== 'string') return element
    const props = Object.freeze({ ...element.props, location: this.#lead(element.name, location) })
    return Object.freeze({ ...element, props })
  }

  #lead(element: string, own: string): string {
    const server = this.#over ? null : parseLibrtmpLocation(own)
    if (!server) return own
    const relay = relayTo(server.host, server.port, CONNECT_TIMEOUT)
    const port = relay.port()
    const way = { relay, own, handed: server.through(port), there: server.authority, here: addressAt(port) }
    this.#ways.set(element, [...(this.#ways.get(element) ?? []), way])
    return way.handed
  }

  /** Names of the elements that crash when they are stopped in the middle of a read. */
  get stopWhenIdle(): readonly string[] {
    return [...this.#kinds].filter(([, factory]) => factory === 'rtmpsrc').map(([name]) => name)
  }

  /** Of those: the ones whose read ends with their relay. */
  get sources(): readonly string[] {
    return this.stopWhenIdle.filter(name => this.#ways.has(name))
  }

  /** Whether this element is of librtmp. */
  leads(element: string): boolean {
    return this.#kinds.has(element)
  }

  /** Says who tells of a server that floods. */
  watch(handle: (element: string) => ElementHandle): void {
    for (const [element, ways] of this.#ways) for (const { relay } of ways) relay.watch(handle(element))
  }

  /** Properties as the element takes them. */
  given(element: string, props: readonly (readonly [string, GstValue])[]): readonly (readonly [string, GstValue])[] {
    if (!this.#kinds.has(element)) return props
    return props.map(([name, value]) =>
      name === 'location' && typeof value === 'string' ? [name, this.#lead(element, value)] : [name, value],
    )
  }

  /** Lets go of all but the relay of this location, which the element has now. */
  keep(element: string, location: unknown): void {
    const [kept] = this.#taken(element, location)
    for (const way of this.#ways.get(element) ?? []) if (way !== kept) way.relay.close()
    if (kept) this.#ways.set(element, [kept])
    else this.#ways.delete(element)
  }

  /** The program's location for that of the element. librtmp cuts its own at the first blank when it starts. */
  location(element: string, location: GstValue): GstValue {
    return this.#taken(element, location)[0]?.own ?? location
  }

  #taken(element: string, location: unknown): readonly Way[] {
    return (this.#ways.get(element) ?? []).filter(({ handed }) => `${handed} `.startsWith(`${String(location)} `))
  }

  /** A text with the program's own locations and addresses. */
  own(text: string): string {
    if (!text.includes('127.0.0.1:')) return text
    let shown = text
    for (const { own, handed, here, there } of this.#all()) {
      shown = shown.replaceAll(handed, () => own).replace(here, () => there)
    }
    return shown
  }

  /** The same of a message of the bus. */
  ownMessage(message: NativeMessage): NativeMessage {
    if (this.#ways.size === 0) return message
    const { text, debug, detail } = message
    return { ...message, text: this.own(text), debug: this.own(debug), detail: this.#ownValue(detail) as typeof detail }
  }

  #ownValue(value: unknown): unknown {
    if (typeof value === 'string') return this.own(value)
    if (Array.isArray(value)) return value.map(item => this.#ownValue(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#ownValue(item)]))
  }

  /** A drawing, in which GStreamer has cut what is long: each location is masked before it is cut again. */
  ownDot(dot: string, mask: (text: string) => string): string {
    let shown = dot
    for (const { own, here, there } of this.#all()) {
      const masked = mask(own)
      const cut = masked.length > MOST_DRAWN ? `${masked.slice(0, MOST_DRAWN)}…` : masked
      const value = new RegExp(`rtmp://${here.source}[^\\n]*?(?:…|(\\\\"))(?=";|\\\\n)`, 'g')
      const drawn = cut.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
      shown = shown.replace(value, (_, quote: string = '\\"') => drawn + quote).replace(here, () => there)
    }
    return shown
  }

  *#all(): Iterable<Way> {
    for (const ways of this.#ways.values()) yield* ways
  }

  /** Sources return from their read, with the end of their stream. */
  endSources(): void {
    for (const name of this.sources) for (const { relay } of this.#ways.get(name) ?? []) relay.close()
  }

  /** Before the pipeline stops: a server that takes nothing would have a sink of librtmp say goodbye for ever. */
  leave(): void {
    this.#over = true
    this.endSources()
    if (this.#ways.size > 0) this.#goodbye ??= setTimeout(() => this.close(), GOODBYE)
  }

  close(): void {
    this.#over = true
    if (this.#goodbye) clearTimeout(this.#goodbye)
    for (const { relay } of this.#all()) relay.close()
  }
}

/** A port of the loopback in a text, and none that begins with the same digits. */
function addressAt(port: number): RegExp {
  return new RegExp(`127\\.0\\.0\\.1:${port}(?!\\d)`, 'g')
}
