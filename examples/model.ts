/**
 * A model gets two frames per second; the relay runs at full rate, however slow the model is.
 *
 *                                     ┌▶ framesWithAudio$ ─▶ draw the verdict ─▶ writeTo ─▶ RTMPOutput ─▶ judged
 *   camera ─▶ RTMPCapture, 30 fps ────┤                          ▲
 *                                     └▶ frames$ ─▶ sampleFps(2) ─▶ latest(model)
 *
 * `sampleFps` and `latest` close dropped frames; `latest` also closes each frame after the model.
 *
 *   node dist/examples/model.js [from] [to]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { lastValueFrom, tap } from 'rxjs'
import { latest, RTMPCapture, RTMPOutput, sampleFps, writeTo, type VideoFrame } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/judged'] = process.argv.slice(2)

/** In place of a slow model: the brightness of a frame, 0 to 1. */
async function model({ data }: VideoFrame, { signal }: { signal: AbortSignal }): Promise<number> {
  await sleep(300, undefined, { signal })
  let sum = 0
  for (let i = 0; i < data.length; i += 97) sum += data[i]!
  return sum / Math.ceil(data.length / 97) / 255
}

/** Draws a white bar along the upper edge; its length is the brightness. */
function draw({ data, width, height }: VideoFrame, brightness: number): void {
  const rows = Math.ceil(height / 20)
  for (let y = 0; y < rows; y++) data.fill(255, y * width * 3, (y * width + Math.round(brightness * width)) * 3)
}

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from)
  await capture.start()
  const { width, height, fps } = capture.info!.video!
  await using output = new RTMPOutput(to, { width, height, fps })
  await output.start()
  process.once('SIGINT', () => void capture.stop())

  let verdict = 0
  capture.frames$.pipe(sampleFps(2), latest(model)).subscribe(brightness => {
    verdict = brightness
    console.log(`brightness ${brightness.toFixed(3)}`)
  })
  const drawn = capture.framesWithAudio$.pipe(tap(({ frame }) => draw(frame, verdict)))
  await lastValueFrom(drawn.pipe(writeTo(output)), { defaultValue: null })
}

void main()
