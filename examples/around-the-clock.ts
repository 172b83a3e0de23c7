/**
 * A camera to a platform, day and night: the platform gets picture and sound at every moment, whatever the camera does.
 *
 *   camera ─▶ RTMPCapture (reconnects) ─▶ frames$ ─▶ writeTo ─▶ RTMPOutput (reconnects, CBR) ─▶ platform
 *                                                                  └ camera away: slate; no sound: silence
 *
 * The camera's sound is left out, as of a camera without a microphone: the output lays silence.
 *
 *   STREAM_KEY=… node dist/examples/around-the-clock.js [from] [to]
 */
import { once } from 'node:events'
import { RTMPCapture, RTMPOutput, StreamMonitor, writeTo } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/platform'] = process.argv.slice(2)
const size = { width: 640, height: 360 }
const BLUE = Buffer.alloc(size.width * size.height * 3, Buffer.of(20, 40, 160))

async function main(): Promise<void> {
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  const { signal } = abort

  // The first connection is tried again too: at the start of the machine, camera and network may come later.
  const patient = { signal, reconnect: { first: true, maxDelay: 10_000 } }
  await using output = new RTMPOutput(to, {
    ...size,
    ...patient,
    ...(process.env.STREAM_KEY && { streamKey: process.env.STREAM_KEY }),
    fps: 25,
    bitrate: '2500k',
    rateControl: 'cbr',
    fill: 'slate',
    slate: BLUE,
    slateAfter: 2000,
  })
  await using capture = new RTMPCapture(from, { ...size, ...patient })
  using monitor = new StreamMonitor()
  monitor.attachStream(capture, 'camera')
  monitor.attachStream(output, 'platform')
  monitor.alerts$.subscribe(({ message, clearedAt }) => console.log(clearedAt === null ? 'raised' : 'cleared', message))

  await output.start() // on the air with the slate, before the camera is there
  console.log('on the air')
  capture.frames$.pipe(writeTo(output)).subscribe({ error: error => console.error(error.message) })
  capture.start().catch(() => {}) // the subscriber hears of it too
  if (!signal.aborted) await once(signal, 'abort')
}

main().catch(error => console.error(error.message))
