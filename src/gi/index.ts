/// <reference lib="esnext.disposable" preserve="true" />
/** rxgst/gi: the door to GObject introspection, for what no typed surface covers. Re-exports only. */
export { gi } from './node-gtk'
export { introspect } from './introspect'
export type { GObject, GstBin, GstElement, GstPad, Namespace, Namespaces, Pipeline } from './types'
