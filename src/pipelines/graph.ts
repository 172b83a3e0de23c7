/** Graphs as values: what the rooms above use. */
export { capsText } from './caps-text'
export type { CapsFields, CapsValue } from './caps-value'
export type { GraphData, GraphElement, GraphLink, GraphPad, GraphValue, GstValue, Props } from './graph-data'
export { fromJSON } from './from-json'
export { isGraph, type Graph } from './graph-value'
export { branch, caps, chain, el, pad, type Part } from './part'
export { pipeline } from './pipeline'
export { appSink, appSrc, queue, tee } from './sugar'
