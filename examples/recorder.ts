/**
 * A recorder around the clock: what a camera sends, as it is, in files of ten minutes; the last week stays.
 *
 *   camera ─▶ RTMPCapture (decodes nothing) ─▶ record() ─▶ 2026-11-27T10-20-00Z.mp4, index.ndjson
 *
 * A lost camera begins a new file when it is back. A full disk loses what does not fit, and is told of.
 *
 *   node dist/examples/recorder.js [from] [folder] [segment]
 */
import { record, RTMPCapture } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', folder = 'recordings', segment = '10m'] = process.argv.slice(2)

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from, {
    decode: false,
    reconnect: { initialDelay: 500, maxDelay: 5000, first: true },
  })
  const recording = capture.record(record(folder, { segment, keep: '7d', maxSize: '200G' }))
  recording.recording$.subscribe(({ file, duration, bytes, torn }) => {
    console.log(`${file}: ${Math.round(duration / 1000)} s, ${Math.round(bytes / 1000)} kB${torn ? ', torn' : ''}`)
  })
  recording.state$.subscribe(({ phase, reason }) => {
    if (reason) console.warn(`recording: ${phase} (${reason}), ${recording.stats().dropped} packets are lost`)
  })
  capture.state$.subscribe(({ phase, reason }) => console.log(`camera: ${phase}${reason ? ` (${reason})` : ''}`))

  const over = new Promise<void>(resolve => process.once('SIGINT', resolve))
  await Promise.race([capture.start(), over])
  await over
  await capture.stop() // ends the last file
}

void main()
