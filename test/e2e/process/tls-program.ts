/**
 * Sends over RTMPS and takes it again, in a process that trusts another certificate than its machine: run by
 * tls.test.ts.
 */
import { RTMPCapture, RTMPOutput } from '../../../src/index'

/** What it says goes to where its result does not. No machine that stands still for a moment is a stall. */
const options = { stallTimeout: 20_000, logger: { ...console, info: console.error, debug: console.error } }

async function main(url: string): Promise<void> {
  const output = new RTMPOutput(url, {
    width: 320,
    height: 180,
    fps: 25,
    keyframeInterval: 1,
    ...options,
  })
  await output.start()
  const capture = new RTMPCapture(url, options)
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
