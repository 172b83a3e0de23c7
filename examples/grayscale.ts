/**
 * A relay in black and white.
 *
 *   camera ─▶ RTMPCapture, GRAY8 ─▶ writeTo ─▶ RTMPOutput ─▶ gray
 *
 * The conversion is native: asked for GRAY8, a capture never makes the colours. JavaScript only hands frames on.
 *
 *   node dist/examples/grayscale.js [from] [to]
 */
import { lastValueFrom } from 'rxjs'
import { RTMPCapture, RTMPOutput, writeTo } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/gray'] = process.argv.slice(2)

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from, { format: 'GRAY8' })
  await capture.start()
  const { width, height, fps } = capture.info!.video!
  await using output = new RTMPOutput(to, { width, height, fps })
  await output.start()

  // The end of the capture is the end of the chain, and so of the program.
  process.once('SIGINT', () => void capture.stop())
  await lastValueFrom(capture.framesWithAudio$.pipe(writeTo(output)), { defaultValue: null })
}

void main()
