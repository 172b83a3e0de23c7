/**
 * A recording in files: the signal SIGUSR2 begins the next file, at the next keyframe; nothing is decoded.
 *
 *   rtmp2src ─ flvdemux in ─┬ video ─ h264parse ─▶ splitmuxsink file ─▶ part-00.mp4, part-01.mp4 …
 *                           └ audio ─ aacparse ──▶ splitmuxsink file
 *
 * An action signal of splitmuxsink begins it, for which rxgst has no word: `rxgst/gi` emits it.
 *
 *   node dist/examples/split.js [from] [files]     kill -USR2 <its process>
 */
import { gst, run } from 'rxgst'
import { introspect } from 'rxgst/gi'

const [from = 'rtmp://localhost/live/camera', files = 'part-%02d.mp4'] = process.argv.slice(2)

const graph = gst`
  rtmp2src location=${from} ! flvdemux name=in
  in.video ! queue ! h264parse ! file.video
  in.audio ! queue ! aacparse ! file.audio_0
  splitmuxsink name=file location=${files}`

async function main(): Promise<void> {
  await using running = run(graph)
  running.bus$.subscribe(({ type, detail: { name, location } }) => {
    if (type !== 'element') return
    if (name === 'splitmuxsink-fragment-opened') console.log(`${location} begins`)
    if (name === 'splitmuxsink-fragment-closed') console.log(`${location} is whole`)
  })
  await running.start()
  const file = introspect(running).getByName('file')
  process.on('SIGUSR2', () => void file?.emit('split-now'))
  process.once('SIGINT', () => void running.stop())
  await running.bus$.forEach(() => {}) // completes with the pipeline
  if (running.state.reason) throw new Error(running.state.reason)
}

void main()
