// Streams that are watched without decoding, in a process of their own, so that its memory is theirs alone.
import { readFileSync } from 'node:fs'
import { RTMPCapture } from '../../dist/src/index.js'
import { meterOf } from '../../dist/src/monitor/observation.js'
import { ownProcessorSeconds, serve } from './processes.mjs'

const status = field =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'latin1'))[1])
const captures = []
const meters = []
let timer = null

serve({
  /** Resolves when all of them are live; MB and threads that each took. */
  async watch({ url, count, metrics }) {
    const open = async () => {
      const capture = new RTMPCapture(url, { decode: false })
      if (metrics.length > 0) meters.push(meterOf(capture, metrics))
      await capture.start()
      captures.push(capture)
    }
    await open() // plugins are loaded, code is compiled
    const [memory, threads] = [status('VmRSS'), status('Threads')]
    await Promise.all(Array.from({ length: count }, open))
    timer = setInterval(() => meters.forEach(meter => meter.read()), 1000)
    await new Promise(resolve => setTimeout(resolve, 3000))
    return { memory: (status('VmRSS') - memory) / 1024 / count, threads: (status('Threads') - threads) / count }
  },
  seconds: () => ownProcessorSeconds(),
  bitrates: () => meters.map(meter => meter.read().values.bitrate ?? 0),
  async end() {
    clearInterval(timer)
    await Promise.all(captures.map(capture => capture.stop()))
  },
})
