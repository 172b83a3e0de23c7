import type { ElementHandle } from '../addon/gst'
import type { NativeMessage } from '../addon/pipeline'
import type { RtmpRelay } from '../addon/rtmp'
import type { Graph, GraphElement, GstValue } from '../pipelines/graph/graph'
import { GraphValueObject } from '../pipelines/graph/value'
import { parseLibrtmpLocation } from '../pipelines/librtmp-location'
import { relayTo } from './librtmp-relay'

/** The redirect of one librtmp element: the location of a relay in place of its own. */
interface Redirect {
  readonly relay: RtmpRelay
  /** The program's location. */
  readonly own: string
  /** The element's location. */
  readonly handed: string
  /** Host and port of the server. */
  readonly there: string
  /** Matches host and port of the relay. */
  readonly here: RegExp
}

const LIBRTMP = new Set(['rtmpsrc', 'rtmpsink'])
/** Deadline of the connection to the server; librtmp has none of its own. */
const CONNECT_TIMEOUT_MS = 10_000
/** Longest time for librtmp's goodbye. */
const GOODBYE_MS = 500
/** Length at which GStreamer cuts a property in a drawing, characters. */
const MOST_DRAWN = 80

/**
 * The relays of the rtmpsrc and rtmpsink elements in a program's graph. The elements get the location of a relay. The
 * program, its log and its errors still show the program's own location.
 */
export class GraphRelays {
  /** The graph with the relays' locations. */
  readonly graph: Graph
  readonly #kinds: ReadonlyMap<string, string>
  /** By element: more than one while it is unknown which location the element has taken. */
  readonly #redirects = new Map<string, Redirect[]>()
  #goodbye: NodeJS.Timeout | null = null
  #over = false

  constructor(graph: Graph) {
    const own = graph.elements.filter(({ factory }) => LIBRTMP.has(factory))
    this.#kinds = new Map(own.map(({ name, factory }) => [name, factory]))
    try {
      const elements = graph.elements.map(each => this.#redirected(each))
      this.graph = own.length === 0 ? graph : new GraphValueObject(elements, graph.links)
    } catch (error) {
      this.close()
      throw error
    }
  }

  #redirected(element: GraphElement): GraphElement {
    const { location } = element.props
    if (!this.#kinds.has(element.name) || typeof location !== 'string') return element
    const props = Object.freeze({ ...element.props, location: this.#redirect(element.name, location) })
    return Object.freeze({ ...element, props })
  }

  #redirect(element: string, own: string): string {
    const server = this.#over ? null : parseLibrtmpLocation(own)
    if (!server) return own
    const relay = relayTo(server.host, server.port, CONNECT_TIMEOUT_MS)
    const port = relay.port()
    const redirect = { relay, own, handed: server.through(port), there: server.authority, here: addressAt(port) }
    this.#redirects.set(element, [...(this.#redirects.get(element) ?? []), redirect])
    return redirect.handed
  }

  /** Names of the elements that crash when they are stopped in the middle of a read. */
  get stopWhenIdle(): readonly string[] {
    return [...this.#kinds].filter(([, factory]) => factory === 'rtmpsrc').map(([name]) => name)
  }

  /** Names of those whose read ends with their relay. */
  get sources(): readonly string[] {
    return this.stopWhenIdle.filter(name => this.#redirects.has(name))
  }

  /** Whether this is an element of librtmp. */
  isLibrtmp(element: string): boolean {
    return this.#kinds.has(element)
  }

  /** Sets the elements that report a server that floods. */
  watch(handle: (element: string) => ElementHandle): void {
    for (const [element, redirects] of this.#redirects) for (const { relay } of redirects) relay.watch(handle(element))
  }

  /** Properties with a relay's location in place of the program's. */
  redirectProps(
    element: string,
    props: readonly (readonly [string, GstValue])[],
  ): readonly (readonly [string, GstValue])[] {
    if (!this.#kinds.has(element)) return props
    return props.map(([name, value]) =>
      name === 'location' && typeof value === 'string' ? [name, this.#redirect(element, value)] : [name, value],
    )
  }

  /** Closes all relays of the element but the one of its present location. */
  keep(element: string, location: unknown): void {
    const [kept] = this.#taken(element, location)
    for (const redirect of this.#redirects.get(element) ?? []) if (redirect !== kept) redirect.relay.close()
    if (kept) this.#redirects.set(element, [kept])
    else this.#redirects.delete(element)
  }

  /** The program's location for the element's. librtmp cuts its location at the first space when it starts. */
  location(element: string, location: GstValue): GstValue {
    return this.#taken(element, location)[0]?.own ?? location
  }

  #taken(element: string, location: unknown): readonly Redirect[] {
    return (this.#redirects.get(element) ?? []).filter(({ handed }) => `${handed} `.startsWith(`${String(location)} `))
  }

  /** Puts the program's locations and addresses back into a text. */
  restore(text: string): string {
    if (!text.includes('127.0.0.1:')) return text
    let shown = text
    for (const { own, handed, here, there } of this.#all()) {
      shown = shown.replaceAll(handed, () => own).replace(here, () => there)
    }
    return shown
  }

  /** The same for a bus message. */
  restoreMessage(message: NativeMessage): NativeMessage {
    if (this.#redirects.size === 0) return message
    const { text, debug, detail } = message
    return {
      ...message,
      text: this.restore(text),
      debug: this.restore(debug),
      detail: this.#restoreValue(detail) as typeof detail,
    }
  }

  #restoreValue(value: unknown): unknown {
    if (typeof value === 'string') return this.restore(value)
    if (Array.isArray(value)) return value.map(item => this.#restoreValue(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#restoreValue(item)]))
  }

  /** The same for a drawing, in which GStreamer cuts long values: each location is masked, then cut again. */
  restoreDot(dot: string, mask: (text: string) => string): string {
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

  *#all(): Iterable<Redirect> {
    for (const redirects of this.#redirects.values()) yield* redirects
  }

  /** Closes the relays of the sources, which ends their read and their stream. */
  endSources(): void {
    for (const name of this.sources) for (const { relay } of this.#redirects.get(name) ?? []) relay.close()
  }

  /**
   * Before the pipeline stops: limits the goodbye of librtmp's sinks, which a server that reads nothing delays for
   * ever.
   */
  sayGoodbye(): void {
    this.#over = true
    this.endSources()
    if (this.#redirects.size > 0) this.#goodbye ??= setTimeout(() => this.close(), GOODBYE_MS)
  }

  close(): void {
    this.#over = true
    if (this.#goodbye) clearTimeout(this.#goodbye)
    for (const { relay } of this.#all()) relay.close()
  }
}

/** Matches this loopback port in a text, and no longer port number. */
function addressAt(port: number): RegExp {
  return new RegExp(`127\\.0\\.0\\.1:${port}(?!\\d)`, 'g')
}
