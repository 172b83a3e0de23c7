// Readers and a relay of a stream, in a process of their own.
import { RTMPCapture, RTMPOutput } from '../../dist/src/index.js'
import { readAges } from './ages.mjs'
import { serve } from './processes.mjs'

let relay = null

serve({
  read: readAges,
  /** A program that changes nothing: what it adds is the way through JS and back. */
  async relay({ from, to, width, height, fps }) {
    const capture = new RTMPCapture(from)
    const output = new RTMPOutput(to, { width, height, fps, bitrate: '4M' })
    relay = { capture, output }
    await Promise.all([capture.start(), output.start()])
    capture.frames$.subscribe(output)
  },
  async end() {
    await Promise.all([relay?.capture.stop(), relay?.output.stop()])
  },
})
