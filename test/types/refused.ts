/** What no program may write: each line behind a mark is an error, here and against dist/ (types.test.ts). */
import {
  branch,
  caps,
  el,
  gst,
  pad,
  pipeline,
  queue,
  tee,
  type Graph,
  type GraphElement,
  type Part,
  type RTMPOutputOptions,
  type StreamState,
} from '../../src/index'

declare const text: string
declare const graph: Graph
declare const element: GraphElement

export const refused: unknown[] = [
  // @ts-expect-error no such property
  el('x264enc', { bitrat: 2500 }),
  // @ts-expect-error of another element
  el('x264enc', { 'max-size-time': 5 }),
  // @ts-expect-error a string for a number
  el('x264enc', { bitrate: '2500' }),
  // @ts-expect-error a boolean for a number
  el('x264enc', { bitrate: true }),
  // @ts-expect-error a bigint for 32 bits
  el('x264enc', { bitrate: 2500n }),
  // @ts-expect-error no nick
  el('x264enc', { 'speed-preset': 'warp9' }),
  // @ts-expect-error no nick, in camelCase
  el('x264enc', { speedPreset: 'warp9' }),
  // @ts-expect-error any text for a nick
  el('x264enc', { tune: text }),
  // @ts-expect-error no flag
  el('x264enc', { analyse: 'i5x5' }),
  // @ts-expect-error a number for a truth value
  el('videotestsrc', { isLive: 1 }),
  // @ts-expect-error a number for text
  el('textoverlay', { text: 5 }),
  // @ts-expect-error an object is no value
  el('textoverlay', { text: { a: 1 } }),
  // @ts-expect-error an element is no value
  el('playbin', { videoSink: 'fakesink' }),
  // @ts-expect-error can only be read
  el('x264enc', { stats: 'a' }),
  // @ts-expect-error a number for text
  el('filesrc', { location: 5 }),
  // @ts-expect-error of neither
  el(Math.random() > 0.5 ? 'x264enc' : 'openh264enc', { pattern: 5 }),
  // @ts-expect-error an unknown factory takes values too
  el('nvh264enc', { bitrate: null }),
  // @ts-expect-error a factory has a name
  el(5),
  // @ts-expect-error one graph of parts, no list
  pipeline([el('fakesrc')]),
  // @ts-expect-error text is no part
  pipeline('fakesrc'),
  // @ts-expect-error a part is made by el() and its like
  pipeline({ factory: 'fakesrc', props: {} }),
  // @ts-expect-error a pad has a name
  pad(),
  // @ts-expect-error from where
  branch(el('fakesink')),
  // @ts-expect-error no nick
  queue({ leaky: 'sideways' }),
  // @ts-expect-error a tee has a name
  tee({}),
  // @ts-expect-error fields are values
  caps('video/x-raw', { width: null }),
  // @ts-expect-error a range has two ends
  caps('video/x-raw', { width: { min: 5 } }),
  // @ts-expect-error an object is no value
  gst`videotestsrc pattern=${{}}`,
  // @ts-expect-error text is no template
  gst('videotestsrc'),
]

export function change(): void {
  // @ts-expect-error a graph is never changed
  graph.elements.push(element)
  // @ts-expect-error a graph is never changed
  element.props.location = 'x'
  // @ts-expect-error a graph is never changed
  graph.links = []
}

// @ts-expect-error a part is made by el() and its like
export const part: Part = {}

declare const state: StreamState
// @ts-expect-error a live stream has no reason
export const why: string = state.phase === 'live' ? state.reason : ''
// @ts-expect-error no preset
export const preset: RTMPOutputOptions = { width: 64, height: 64, preset: 'fastest' }
// @ts-expect-error no codec
export const codec: RTMPOutputOptions = { width: 64, height: 64, vcodec: 'h264' }
