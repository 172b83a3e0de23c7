// The program of scripts/soak-kinds.mjs: every kind of input and output in one process. Prints a line of JSON every
// five seconds: how far each kind has come. Ends at SIGTERM.
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  Capture,
  Output,
  record,
  Relay,
  RTMPCapture,
  RTMPOutput,
  StreamMonitor,
  writeTo,
} from '../../dist/src/index.js'

const { server, rtsp, srtIn, srtOut, hls, file, folder } = JSON.parse(process.argv[2])
const rtmp = name => `${server}/${name}`
const logger = { debug() {}, info() {}, warn() {}, error: text => console.error(text) }
const monitor = new StreamMonitor()
/** Name → a number that grows while that kind works. */
const progress = {}
const stops = []

/** Watches, starts and, in the end, stops a stream. */
async function begin(name, stream, grown) {
  progress[name] = () => grown(stream)
  monitor.attachStream(stream, name)
  stops.push(() => stream.stop())
  await stream.start()
  return stream
}

/** A capture whose frames are taken. */
async function read(name, capture) {
  let count = 0
  const take = frame => {
    frame.close()
    count++
  }
  capture.frames$.subscribe({ next: take, error: error => console.error(`${name}: ${error.code}`) })
  return await begin(name, capture, () => count)
}

const size = { width: 320, height: 180, fps: 25, bitrate: '300k', keyframeInterval: 1, logger }
const archive = name => {
  mkdirSync(join(folder, name), { recursive: true })
  return record(join(folder, name), { segment: '5s', keep: '1m', maxSize: '20M' })
}
const sent = output => output.stats().outBytes

// Decoded, and encoded again for two servers and a disk.
const source = await read('rtmp', new RTMPCapture(rtmp('camera'), { width: 320, height: 180, logger }))
const half = { url: rtmp('out-2'), width: 160, height: 90, bitrate: '100k' }
const targets = [rtmp('out-1'), half, archive('output')]
const output = await begin('output', new RTMPOutput(targets, size), sent)
source.frames$.pipe(writeTo(output)).subscribe({ error() {} })
source.audio$.pipe(writeTo(output)).subscribe({ error() {} })
let small = 0
source.view({ width: 80, fps: 5, format: 'GRAY8' }).frames$.subscribe({
  next: frame => {
    frame.close()
    small++
  },
  error() {},
})
progress.view = () => small
source.captions$.subscribe({ error() {} })
const share = source.share(`soak-${process.pid}`, { width: 160, format: 'GRAY8' })
progress.share = () => share.stats().pictures

// Copied.
const inputs = [rtmp('camera'), rtmp('backup')]
const filled = { holdBack: 1000, fill: 'slate', logger }
await begin('relay', new Relay(inputs, [rtmp('copy-1'), rtmp('copy-2')], filled), sent)
await begin('camera relay', new Relay(rtsp, [rtmp('copy-3'), archive('relay')], { fill: 'repeat', logger }), sent)

// From elsewhere, and to elsewhere.
await read('rtsp', new Capture(rtsp, { width: 160, logger }))
await read('srt', new Capture(srtIn, { width: 160, logger }))
await read('hls', new Capture(hls, { width: 160, logger }))
await read('file', new Capture(file, { width: 160, loop: true, logger }))
const toSrt = await begin('srt output', new Output(srtOut, size), sent)
await toSrt.writeFrame(new Uint8Array(320 * 180 * 3).fill(90))

// Recorded without decoding.
const undecoded = await begin(
  'undecoded',
  new RTMPCapture(rtmp('camera'), { decode: false, analyse: 'keyframes', logger }),
  capture => capture.stats().bytes,
)
let recorded = 0
undecoded.record(archive('capture')).recording$.subscribe({ next: () => recorded++, error() {} })
progress.recorded = () => recorded

let stills = 0
const still = setInterval(() => {
  for (const stream of [source, undecoded, output]) {
    stream.snapshot({ width: 160 }).then(
      bytes => void (stills += bytes.length > 500 ? 1 : 0),
      () => {},
    )
  }
}, 5000)
progress.stills = () => stills

function filesOf(name) {
  const paths = readdirSync(join(folder, name)).map(entry => join(folder, name, entry))
  // A file may go away between the two calls.
  const bytes = path => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return { files: paths.length, bytes: paths.reduce((sum, path) => sum + bytes(path), 0) }
}

const tell = setInterval(() => {
  const grown = Object.fromEntries(Object.entries(progress).map(([name, read]) => [name, read()]))
  console.log(JSON.stringify({ grown, disk: ['output', 'capture', 'relay'].map(filesOf) }))
}, 5000)

process.once('SIGTERM', async () => {
  clearInterval(still)
  clearInterval(tell)
  const from = performance.now()
  await Promise.all(stops.map(stop => stop()))
  monitor[Symbol.dispose]()
  console.log(JSON.stringify({ stopMs: Math.round(performance.now() - from) }))
})
