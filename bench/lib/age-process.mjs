// Readers and a relay of a stream, in a process of their own.
import { merge } from 'rxjs'
import { RTMPCapture, RTMPOutput } from '../../dist/src/index.js'
import { readClock } from '../../dist/test/support/media/picture-clock.js'
import { readAges } from './ages.mjs'
import { serve } from './processes.mjs'
import { captureRows, monotonic, outputRows, watchStages } from './stages.mjs'

let relay = null

serve({
  read: readAges,
  /** A program that changes nothing: it adds only the way through JS and back. */
  async relay({ from, to, width, height, fps, stages, sound }) {
    const watch = stages ? watchStages() : null
    const capture = new RTMPCapture(from)
    const output = new RTMPOutput(to, { width, height, fps, bitrate: '4M' })
    relay = { capture, output, watch, taken: [], written: [] }
    await Promise.all([capture.start(), output.start()])
    if (sound) merge(capture.frames$, capture.audio$).subscribe(output)
    else capture.frames$.subscribe(watch ? frame => noted(frame, width, height) : output)
  },
  /** The notes of a relay's probes from now on. */
  forget() {
    relay.taken.length = relay.written.length = 0
  },
  stages() {
    const found = relay.watch.take()
    relay.watch.close()
    return { capture: captureRows(found, relay.taken), output: outputRows(found, relay.written), lost: found.lost }
  },
  async end() {
    await Promise.all([relay?.capture.stop(), relay?.output.stop()])
  },
})

function noted(frame, width, height) {
  const js = monotonic()
  const arrival = js - (performance.now() - frame.arrivalTime)
  const copy = frame.clone()
  const at = monotonic()
  relay.output.next(frame)
  // Behind the write, so that reading the number is no part of the way.
  const number = readClock(copy.data, width, height)
  copy.close()
  if (number === null) return
  relay.taken.push({ arrival, js, number })
  relay.written.push({ at, number })
}
