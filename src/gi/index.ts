/// <reference lib="esnext.disposable" preserve="true" />
/** The entry point rxgst/gi: the door to GObject introspection, for everything without a typed API. Re-exports only. */
export { gi } from './node-gtk'
export { introspect } from './introspect'
export type { GObject, GstBin, GstElement, GstPad, Namespace, Namespaces, Pipeline } from './types'
