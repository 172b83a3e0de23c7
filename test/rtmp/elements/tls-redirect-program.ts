/**
 * Plays and publishes at an address that sends its clients on, in a process that trusts another certificate than its
 * machine: run by tls-redirect.test.ts.
 */
import { RTMPCapture, RTMPOutput, type RxGstError } from '../../../src/index'

async function main(url: string): Promise<void> {
  await using capture = new RTMPCapture(url, { reconnect: false, connectTimeout: 20_000 })
  await using output = new RTMPOutput(url, { width: 64, height: 64, reconnect: false, connectTimeout: 20_000 })
  for (const stream of [capture, output]) {
    const said = await stream.start().then(
      () => 'live',
      ({ code, message }: RxGstError) => `${code} ${message}`,
    )
    console.log(said)
  }
}

if (require.main === module) void main(process.argv[2]!)
