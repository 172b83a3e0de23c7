/** Copies from RTMPS to RTMPS, in a process that trusts another certificate than its machine: run by tls.test.ts. */
import { Relay } from '../../../src/index'
import { until } from '../../support/until'

async function main(from: string, to: string): Promise<void> {
  await using relay = new Relay(from, to, { connectTimeout: 20_000, stallTimeout: 20_000 })
  await relay.start()
  const [target] = relay.targets
  await until(() => target!.stats().packets > 100, { what: () => JSON.stringify([relay, relay.stats()]) })
  const { dropped } = target!.stats()
  console.log(`${relay.state.phase}, ${dropped} dropped, ${relay.info?.video?.codec}`)
}

if (require.main === module) void main(process.argv[2]!, process.argv[3]!)
