/**
 * Sends over RTMPS and takes it again, in a process that trusts another certificate than its machine: run by
 * tls.test.ts.
 */
import { RTMPCapture, RTMPOutput } from '../../../src/index'

async function main(url: string): Promise<void> {
  const output = new RTMPOutput(url, {
    width: 320,
    height: 180,
    fps: 25,
    keyframeInterval: 1,
    logger: { ...console, info: console.error, debug: console.error },
  })
  await output.start()
  const capture = new RTMPCapture(url, { logger: { ...console, info: console.error, debug: console.error } })
  await capture.start()
  let pictures = 0
  let size = ''
  for await (const frame of capture.aiterFrames()) {
    size = `${frame.width}×${frame.height}`
    frame.close()
    if (++pictures === 50) break
  }
  console.log(`${output.state.phase}, ${capture.state.phase}, ${pictures} pictures of ${size}`)
  await capture.stop()
  await output.stop()
}

if (require.main === module) void main(process.argv[2]!)
