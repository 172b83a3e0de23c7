/** The little of node-gtk's Gst that is used. node-gtk makes its objects at run time and has no types. */
export interface GObject {
  setProperty(name: string, value: unknown): void
  getProperty(name: string): unknown
}

export interface GstCaps {
  toString(): string
}

export interface GstPad extends GObject {
  readonly name: string
}

export interface GstElement extends GObject {
  readonly name: string
  getFactory(): { getName(): string } | null
  linkPads(pad: string | null, target: GstElement, targetPad: string | null): boolean
  getStaticPad(name: string): GstPad | null
}

export interface GstPipeline extends GstElement {
  add(element: GstElement): boolean
}

export interface GstModule {
  init(argv: null): void
  versionString(): string
  version(): [number, number, number, number]
  Pipeline: Record<'new', (name: string | null) => GstPipeline>
  ElementFactory: { make(factory: string, name: string): GstElement | null; find(factory: string): object | null }
  Caps: { fromString(text: string): GstCaps | null }
  utilSetObjectArg(object: GObject, name: string, value: string): void
}

export interface GLibModule {
  MainContext: { default(): { iteration(mayBlock: boolean): boolean } }
}

export interface NodeGtk {
  require(namespace: 'Gst', version: '1.0'): GstModule
  require(namespace: 'GLib', version: '2.0'): GLibModule
  System: { addressOf(object: GObject): number }
}
