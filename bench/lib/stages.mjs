// The times at which each picture passed the places of a capture and of an output in this process, noted by probes of
// the addon on the pads of pipelines that are made from now on. The names of their elements tell the places.
import { native } from '../../dist/src/addon/binding.js'
import { CAPTURE } from '../../dist/src/pipelines/capture.js'
import { ENCODING, PUBLISHER } from '../../dist/src/pipelines/output.js'

/** In the order of their numbers. */
export const PLACES = ['bytes', 'demuxed', 'parsed', 'decoded', 'converted', 'accepted', 'encoder', 'encoded', 'sink']
const PADS = {
  capture: [
    ['bytes', CAPTURE.source, 'src', 'bytes'],
    ['demuxed', CAPTURE.videoParser, 'sink', 'time'],
    ['parsed', CAPTURE.videoParser, 'src', 'time'],
    ['decoded', CAPTURE.video, 'sink', 'time'],
    ['converted', CAPTURE.video, 'sink', 'after'],
  ],
  program: [
    ['accepted', ENCODING.video, 'src', 'accepted'],
    ['encoder', ENCODING.video, 'src', 'time'],
    ['encoded', ENCODING.videoPackets, 'sink', 'time'],
  ],
  publisher: [['sink', PUBLISHER.sink, 'sink', 'tags']],
}

/** Where the bytes of a picture are first seen behind rxrtmpsrc, whose pads come later: it is whole there. */
const ARRIVAL = ['bytes', CAPTURE.videoInput, 'sink', 'time']
const hasDemuxer = ({ elements }) => elements.some(({ name }) => name === CAPTURE.demux)

/** The kind of a graph, by its elements. */
function kindOf({ elements }) {
  const has = name => elements.some(element => element.name === name)
  if (has(CAPTURE.videoParser) && has(CAPTURE.video)) return 'capture'
  if (has(ENCODING.videoPackets)) return 'program'
  return has(PUBLISHER.sink) && has(PUBLISHER.source) ? 'publisher' : null
}

/**
 * Begins to watch: one capture and one output at most, made after this call. take() gives, for each place, [key, ms of
 * CLOCK_MONOTONIC] in the order in which they were noted; the key is the picture's time (µs), one for a capture's
 * places and another for an output's.
 */
export function watchStages() {
  const addon = native()
  const times = new addon.PadTimes()
  const { build, Pacer } = addon
  addon.build = (description, ...rest) => {
    const pipeline = build(description, ...rest)
    for (const pads of PADS[kindOf(description)] ?? []) {
      const [place, element, pad, kind] = pads[0] === 'bytes' && !hasDemuxer(description) ? ARRIVAL : pads
      times.watch(PLACES.indexOf(place), pipeline.element(element), pad, kind)
    }
    return pipeline
  }
  addon.Pacer = class extends Pacer {
    constructor(...args) {
      super(...args)
      times.watchPacer(this)
    }
  }
  const found = Object.fromEntries(PLACES.map(place => [place, []]))
  const gather = () => {
    const notes = times.take()
    for (let i = 0; i < notes.length; i += 3) found[PLACES[notes[i]]].push([notes[i + 1], notes[i + 2] / 1000])
  }
  const timer = setInterval(gather, 1000)
  return {
    take() {
      gather()
      return { ...found, lost: times.lost() }
    },
    close() {
      clearInterval(timer)
      times.close()
      Object.assign(addon, { build, Pacer })
    },
  }
}

/** ms of CLOCK_MONOTONIC, which all processes share. */
export const monotonic = () => Number(process.hrtime.bigint()) / 1e6

/**
 * One row per picture of a capture: when it was where. `taken` has [arrival, when JS had it, its number]; the arrival
 * was noted where the probe of 'demuxed' sits, so the nearest of those is the picture's.
 */
export function captureRows(found, taken) {
  const at = Object.fromEntries(['parsed', 'decoded', 'converted'].map(place => [place, new Map(found[place])]))
  let bytes = 0
  let next = 0
  const rows = []
  const demuxed = found.demuxed.map(([key, time]) => {
    // The source pushes through to here in one thread: the last bytes before are the picture's.
    while (bytes + 1 < found.bytes.length && found.bytes[bytes + 1][1] <= time) bytes++
    return { key, bytes: found.bytes[bytes]?.[1], demuxed: time }
  })
  for (const { arrival, js, number } of taken) {
    while (
      next + 1 < demuxed.length &&
      Math.abs(demuxed[next + 1].demuxed - arrival) <= Math.abs(demuxed[next].demuxed - arrival)
    )
      next++
    const one = demuxed[next]
    if (!one || Math.abs(one.demuxed - arrival) > 2) continue
    rows.push({
      number,
      bytes: one.bytes,
      demuxed: one.demuxed,
      parsed: at.parsed.get(one.key),
      decoded: at.decoded.get(one.key),
      converted: at.converted.get(one.key),
      js,
    })
  }
  return rows
}

/** One row per picture of an output. `written` has [when JS wrote it, its number]: the next accepted one is it. */
export function outputRows(found, written) {
  const at = Object.fromEntries(['encoder', 'encoded', 'sink'].map(place => [place, new Map(found[place])]))
  let next = 0
  const rows = []
  for (const { at: time, number } of written) {
    // Not before it was written, and not long behind: repeated pictures are accepted by nobody's writing.
    while (next < found.accepted.length && found.accepted[next][1] < time - 0.1) next++
    const one = found.accepted[next]
    if (!one || one[1] - time > 5) continue
    next++
    rows.push({
      number,
      written: time,
      accepted: one[1],
      encoder: at.encoder.get(one[0]),
      encoded: at.encoded.get(one[0]),
      sink: at.sink.get(one[0]),
    })
  }
  return rows
}
