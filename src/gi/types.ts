/**
 * The namespaces with known types, by name and version. Empty until a program declares the types that
 * `npx node-gtk generate-types Gst-1.0` has made from its machine's typelibs. See docs/introspection.md.
 *
 * @example
 * ```ts
 * import type * as Gst from './node_modules/.node-gtk-types/Gst-1.0.js'
 * declare module 'rxgst/gi' {
 *   interface Namespaces { 'Gst-1.0': typeof Gst }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add to it
export interface Namespaces {}

/** A namespace: typed if `Namespaces` has it. */
export type Namespace<Name extends string, Version extends string> = `${Name}-${Version}` extends keyof Namespaces
  ? Namespaces[`${Name}-${Version}`]
  : // biome-ignore lint/suspicious/noExplicitAny: node-gtk makes its objects at run time, without types
    any

/**
 * The result of introspect(): GStreamer's own type if `Namespaces` has it, else the small type below.
 */
export type Pipeline = Namespaces extends { 'Gst-1.0': { Pipeline: abstract new (...args: never[]) => infer Instance } }
  ? Instance
  : GstBin

/** Any GObject. */
export interface GObject {
  getProperty(name: string): unknown
  setProperty(name: string, value: unknown): void
  /** Emits a signal: an action signal does something; any other signal calls its handlers. */
  emit(signal: string, ...args: unknown[]): unknown
  /** For signals that the JavaScript thread itself causes; see the rules in docs/introspection.md. */
  on(signal: string, handler: (...args: unknown[]) => unknown): this
  once(signal: string, handler: (...args: unknown[]) => unknown): this
  off(signal: string, handler: (...args: unknown[]) => unknown): this
  getName(): string
}

export interface GstPad extends GObject {
  isLinked(): boolean
  getPeer(): GstPad | null
  getCurrentCaps(): { toString(): string } | null
}

export interface GstElement extends GObject {
  getStaticPad(name: string): GstPad | null
}

export interface GstBin extends GstElement {
  getByName(name: string): GstElement | null
}

/** The part of node-gtk that the door uses. */
export interface NodeGtk {
  require(namespace: 'Gst', version: '1.0'): GstModule
  require(namespace: 'GLib', version: '2.0'): GLibModule
  require(namespace: string, version: string): unknown
}

export interface GstModule {
  init(argv: null): void
  ElementFactory: { make(factory: string, name: null): { setBus(bus: GstBus): void } | null }
  Bus: new () => GstBus
}

export interface GstBus {
  pop(): { readonly src: Pipeline } | null
}

export interface GLibModule {
  MainContext: { default(): { iteration(mayBlock: boolean): boolean } }
}
