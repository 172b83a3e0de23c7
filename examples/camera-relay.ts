/**
 * One connection to a camera for everything: it is watched, recorded, and copied to a platform. Nothing is decoded.
 *
 *   camera ─▶ Capture ┬▶ StreamMonitor ─▶ alerts
 *     (any address)   └▶ Relay ┬▶ platform
 *                              └▶ recordings
 *
 * A camera's sound in G.711 or Opus becomes AAC on the way; the pictures stay as they are. When the camera is away, the
 * capture connects again by itself, the platform stays connected, and the time of the stream goes on.
 *
 *   node dist/examples/camera-relay.js [camera] [platform] [folder]
 */
import { once } from 'node:events'
import { Capture, record, Relay, StreamMonitor } from 'rxgst'

const [camera = 'rtsp://localhost:8554/camera', platform = 'rtmp://localhost/live/camera', folder = 'recordings'] =
  process.argv.slice(2)

async function main(): Promise<void> {
  const interrupted = once(process, 'SIGINT')
  await using capture = new Capture(camera, { decode: false, reconnect: { first: true } })
  using monitor = new StreamMonitor(['noData', 'bitrate'], { interval: 1000 })
  monitor.attachStream(capture, 'camera')
  monitor.alerts$.subscribe(({ rule, clearedAt }) =>
    console.log(`${rule} ${clearedAt === null ? 'begins' : 'is over'}`),
  )

  const archive = record(folder, { segment: '10m', keep: '7d' })
  await using relay = new Relay(capture, [platform, archive], { reconnect: { first: true } })
  relay.recording$.subscribe(({ file, duration }) => console.log(`${file}: ${Math.round(duration / 1000)} s`))
  await Promise.race([Promise.all([capture.start(), relay.start()]), interrupted]) // on air
  const { video, audio } = relay.info ?? {}
  console.log(`on air: ${video?.codec}, ${audio?.codec}${audio?.madeOf ? ` made of ${audio.madeOf}` : ''}`)

  await interrupted
  await relay.stop()
  console.log(`${relay.stats().packets} packets, ${relay.stats().droppedNetwork} lost`)
}

void main()
