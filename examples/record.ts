/**
 * A recording beside a relay: the packets go unchanged to a server and into an MP4 file, without decoding.
 *
 *   rtmp2src ─ flvdemux ─┬ video ─ h264parse ─ tee v ─┬─▶ flvmux out ─ rtmp2sink
 *                        │                            └─▶ mp4mux file ─ filesink
 *                        └ audio ─ aacparse ─ tee a ──┬─▶ flvmux out
 *                                                     └─▶ mp4mux file
 *
 * The file consists of fragments of one second, so it plays even after a crash.
 *
 *   node dist/examples/record.js [from] [to] [file]
 */
import { gst, run } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/copy', file = 'recording.mp4'] =
  process.argv.slice(2)

// Each branch of a tee has its own queue and thread. A slow server loses packets; the file loses none.
const graph = gst`
  rtmp2src location=${from} ! flvdemux name=in
  in.video ! queue ! h264parse ! tee name=v
  in.audio ! queue ! aacparse ! tee name=a
  v. ! queue leaky=downstream ! out.video
  a. ! queue leaky=downstream ! out.audio
  v. ! queue ! file.video_0
  a. ! queue ! file.audio_0
  flvmux name=out streamable=true ! rtmp2sink location=${to}
  mp4mux name=file fragment-duration=1000 ! filesink location=${file}`

async function main(): Promise<void> {
  await using running = run(graph)
  process.once('SIGINT', () => void running.stop())
  await running.start()
  const sizes = running.probe$('v.sink', 1000).subscribe(({ buffers, bytes, keyframes }) => {
    console.log(`${buffers} pictures, ${keyframes} keyframes, ${Math.round(bytes / 1024)} KiB`)
  })
  await running.bus$.forEach(() => {}) // ends when the pipeline ends
  sizes.unsubscribe()
  if (running.state.reason) throw new Error(running.state.reason)
}

void main()
