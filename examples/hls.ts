/**
 * RTMP in, HLS out: a playlist and its segments in a folder, for any web server, without decoding.
 *
 *   rtmp2src ─ flvdemux ─┬ video ─ h264parse ─┬─▶ hlssink2 ─▶ live.m3u8, part00000.ts, part00001.ts …
 *                        └ audio ─ aacparse ──┘
 *
 *   node dist/examples/hls.js [from] [folder]
 */
import { join } from 'node:path'
import { gst, run } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', folder = '.'] = process.argv.slice(2)

const graph = gst`
  rtmp2src location=${from} ! flvdemux name=in
  in.video ! queue ! h264parse ! hls.video
  in.audio ! queue ! aacparse ! hls.audio
  hlssink2 name=hls target-duration=1 playlist-length=5 max-files=10
    location=${join(folder, 'part%05d.ts')} playlist-location=${join(folder, 'live.m3u8')}`

async function main(): Promise<void> {
  await using running = run(graph)
  process.once('SIGINT', () => void running.stop())
  await running.start()
  // The messages of the bus, up to the pipeline's end; hlssink2 reports each new segment.
  await running.bus$.forEach(({ type, source, detail }) => {
    if (type === 'element' && source === 'hls') console.log(detail)
  })
  if (running.state.reason) throw new Error(running.state.reason)
}

void main()
