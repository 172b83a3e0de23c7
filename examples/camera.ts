/**
 * A camera on air around the clock: RTSP, SRT, HLS or a file in, RTMP out. A camera that is gone leaves its last
 * picture on air, and one without a microphone silence.
 *
 *   camera ─▶ Capture ─┬─ frames$ ─┬─▶ writeTo ─▶ RTMPOutput ─▶ platform
 *                      └─ audio$ ──┘
 *
 *   node dist/examples/camera.js rtsp://user:password@192.168.1.20/stream rtmp://localhost/live/camera
 *   node dist/examples/camera.js srt://0.0.0.0:9000?mode=listener rtmp://localhost/live/camera
 *   node dist/examples/camera.js https://partner.example/live.m3u8 rtmp://localhost/live/camera
 *   node dist/examples/camera.js file:///srv/loop.mp4 rtmp://localhost/live/camera
 */
import { merge } from 'rxjs'
import { Capture, RTMPOutput, writeTo } from 'rxgst'

async function main([from = '', to = '']: readonly string[]): Promise<void> {
  const abort = new AbortController()
  const { signal } = abort
  process.once('SIGINT', () => abort.abort())
  // Until the camera is there, and whenever it is gone, another attempt follows.
  const capture = new Capture(from, {
    signal,
    reconnect: { first: true },
    ...(from.startsWith('file:') && { loop: true }),
  })
  await capture.start()
  const { width = 1280, height = 720, fps = 25 } = capture.info?.video ?? {}
  const even = (side: number): number => side - (side % 2)
  const size = { width: even(width), height: even(height), fps: fps >= 1 && fps <= 120 ? fps : 25 }
  const output = new RTMPOutput(to, { ...size, signal, bitrate: '2500k' })
  await output.start()
  capture.state$.subscribe(({ phase, reason }) => console.log(phase, reason ?? ''))
  await new Promise<void>((resolve, reject) => {
    merge(capture.frames$, capture.audio$).pipe(writeTo(output)).subscribe({ error: reject, complete: resolve })
  })
  await output.stop()
}

main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  if (error.code === 'ERR_ABORTED') return
  console.error(`${error.code ?? ''} ${error.message}`)
  process.exitCode = 1
})
