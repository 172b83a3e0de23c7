/** The little of node-gtk's Gst that is used. node-gtk makes its objects at run time and has no types. */
export interface GstNamed {
  getName(): string
}

export interface GstRegistry {
  getPluginList(): GstNamed[]
  getFeatureListByPlugin(plugin: string): GstNamed[]
}

export interface GstModule {
  init(argv: null): void
  versionString(): string
  version(): [number, number, number, number]
  Registry: { get(): GstRegistry }
  ElementFactory: abstract new () => GstNamed
}

export interface GLibModule {
  MainContext: { default(): { iteration(mayBlock: boolean): boolean } }
}

export interface NodeGtk {
  require(namespace: 'Gst', version: '1.0'): GstModule
  require(namespace: 'GLib', version: '2.0'): GLibModule
  System: { addressOf(object: object): number }
}
