/**
 * One stream to three servers: decoded once, encoded once, sent three times.
 *
 *                                                      ┌▶ one
 *   camera ─▶ RTMPCapture ─▶ writeTo ─▶ RTMPOutput ────┼▶ two
 *                                                      └▶ three
 *
 * Each target has its own connection: a slow or lost one does not disturb the others.
 *
 *   node dist/examples/fan-out.js [from] [to …]
 */
import { lastValueFrom } from 'rxjs'
import { RTMPCapture, RTMPOutput, writeTo } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', ...given] = process.argv.slice(2)
const to = given.length > 0 ? given : ['one', 'two', 'three'].map(name => `rtmp://localhost/live/${name}`)

async function main(): Promise<void> {
  await using capture = new RTMPCapture(from)
  await capture.start()
  const { width, height, fps } = capture.info!.video!
  await using output = new RTMPOutput(to, { width, height, fps, bitrate: '2500k' })
  output.targets.forEach(({ state$ }, i) => {
    state$.subscribe(({ phase, reason }) => console.log(`target ${i + 1}: ${phase}${reason ? `, ${reason}` : ''}`))
  })
  await output.start() // resolves when the first target is live

  process.once('SIGINT', () => void capture.stop())
  await lastValueFrom(capture.framesWithAudio$.pipe(writeTo(output)), { defaultValue: null })
}

void main()
