/** Captures a stream where GStreamer lacks its decoder: run by missing-decoder.test.ts. Prints what start() says. */
import { RTMPCapture, type RxGstError } from '../../../src/index'

async function main(url: string): Promise<void> {
  await using capture = new RTMPCapture(url, { transport: 'rxrtmp', connectTimeout: 20_000, reconnect: false })
  const said = await capture.start().then(
    () => null,
    ({ code, message, element, retryable }: RxGstError) => ({ code, message, element, retryable }),
  )
  console.log(JSON.stringify(said))
}

if (require.main === module) void main(process.argv[2]!)
