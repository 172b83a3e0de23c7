/**
 * A relay in black and white.
 *
 *   camera ─▶ RTMPCapture, GRAY8 ─▶ writeTo ─▶ RTMPOutput ─▶ gray
 *
 * Native code converts: with GRAY8, a capture never computes colours. JavaScript only passes frames on.
 *
 *   node dist/examples/grayscale.js [from] [to]
 */
import { lastValueFrom, merge } from 'rxjs'
import { RTMPCapture, RTMPOutput, writeTo } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/gray'] = process.argv.slice(2)

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from, { format: 'GRAY8' })
  await capture.start()
  const { width, height, fps } = capture.info!.video!
  await using output = new RTMPOutput(to, { width, height, fps })
  await output.start()

  // When the capture ends, the chain ends, and so does the program.
  process.once('SIGINT', () => void capture.stop())
  await lastValueFrom(merge(capture.frames$, capture.audio$).pipe(writeTo(output)), { defaultValue: null })
}

void main()
