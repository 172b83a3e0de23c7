// One end of a stream over a named transport, or a relay between two, in a process of its own.
import { RTMPCapture, RTMPOutput, writeTo } from '../../dist/src/index.js'
import { readAges, stamp } from './ages.mjs'
import { makePictures } from './media.mjs'
import { ownProcessorSeconds, serve } from './processes.mjs'

const RATE = 44_100
let stopPublishing = null
let written = 0
let output = null
let capture = null

serve({
  /** Pictures with the time on them, at every 1/fps of a clock that does not drift. */
  async publish({ url, transport, width, height, fps, bitrate, sound }) {
    const pictures = await makePictures({ width, height, fps, count: fps })
    const samples = Float32Array.from({ length: (RATE / fps) * 2 }, (_, i) => Math.sin((i >> 1) / 16) / 4)
    output = new RTMPOutput(url, { width, height, fps, bitrate, transport, audioSampleRate: RATE })
    await output.start()
    let on = true
    const done = (async () => {
      const from = performance.now()
      // A turn that was missed is over, as with a camera: whoever writes all of them in a burst makes a backlog, which
      // the output only gives up slowly, and what it costs would be told of the transport.
      for (let n = 0; on; n = Math.max(n + 1, Math.floor(((performance.now() - from) * fps) / 1000))) {
        await new Promise(resolve => setTimeout(resolve, Math.max(0, from + (n * 1000) / fps - performance.now())))
        const picture = pictures[n % pictures.length]
        stamp(picture, width, height)
        written++
        await (sound ? output.writeFrameWithAudio(picture, samples) : output.writeFrame(picture))
      }
    })()
    stopPublishing = async () => {
      on = false
      await done
      await output.stop()
    }
  },
  /** Pictures with their sound, in and out again. */
  async relay({ from, to, transport, width, height, fps, bitrate }) {
    capture = new RTMPCapture(from, { transport })
    output = new RTMPOutput(to, { width, height, fps, bitrate, transport, audioSampleRate: RATE })
    await Promise.all([capture.start(), output.start()])
    capture.framesWithAudio$.pipe(writeTo(output)).subscribe({ error: error => console.error(String(error)) })
  },
  /** What this process took so far, and for how many pictures. */
  cost: () => ({ seconds: ownProcessorSeconds(), written, queued: output.stats().queued }),
  async read(order) {
    let from = 0
    const result = await readAges({ ...order, onBegin: () => (from = ownProcessorSeconds()) })
    return { ...result, seconds: ownProcessorSeconds() - from }
  },
  async end() {
    await stopPublishing?.()
    await Promise.all([capture?.stop(), capture && output?.stop()])
  },
})
