// suite: deep
// deadline: 600
import * as assert from 'uvu/assert'
import { publish } from '../../../../test/support/peers/ffmpeg.js'
import { startNginx } from '../../../../test/support/peers/nginx.js'
import { suite } from '../../../../test/support/suite.js'
import { until } from '../../../../test/support/until.js'
import { hasPostgres, startFleet } from '../support.js'
import { startWorker, untilChannel, type WorkerProcess } from './workers.js'

const test = suite('fleet: workers', { timeout: 300_000 })
const TTL = '9s'

/** On a busy machine the store may not answer in time once. */
async function told(worker: WorkerProcess, path: string, body?: unknown): Promise<void> {
  let last: unknown = null
  const asked = async () => {
    last = await worker.call('POST', path, body).catch(String)
    return (last as { readonly status?: number }).status === 204
  }
  await until(asked, { timeout: 60_000, what: () => `${path}: ${JSON.stringify(last)}` })
}

if (hasPostgres) {
  test('a channel runs on one of three workers, on another when that one is killed, and moves and drains', async () => {
    await using fleet = await startFleet()
    await using nginx = await startNginx({ applications: { source: '' } })
    await using _ = await publish(nginx.url('in', 'source'), { size: '320x180', fps: 25, gop: 25 })
    const channels = {
      studio: { inputs: [{ url: nginx.url('in', 'source') }], targets: { out: { url: nginx.url('out') } } },
    }
    const options = { url: fleet.workerUrl, ttl: TTL }
    await using a = startWorker({ name: 'a', ...options, channels })
    await using b = startWorker({ name: 'b', ...options })
    await using c = startWorker({ name: 'c', ...options })
    const all = new Map([a, b, c].map(worker => [worker.name, worker]))
    const isLive = async () =>
      (await nginx.stat()).some(({ app, name, publishing }) => app === 'live' && name === 'out' && publishing)

    const first = await untilChannel([a], 'studio', ({ worker }) => worker !== null)
    await until(isLive, { timeout: 60_000, what: () => [...all.values()].map(one => one.output()).join('\n') })
    const killed = all.get(first.worker!)!
    const others = [...all.values()].filter(worker => worker !== killed)
    assert.ok(killed.child.kill('SIGKILL'))
    const second = await untilChannel(others, 'studio', ({ worker }) => worker !== null && worker !== first.worker)
    assert.ok(BigInt(second.epoch!) > BigInt(first.epoch!))
    await until(isLive, { timeout: 60_000, what: () => others.map(one => one.output()).join('\n') })

    const [holder, other] = second.worker === others[0]!.name ? others : [others[1]!, others[0]!]
    await told(other!, '/fleet/channels/studio:move', { worker: other!.name })
    await untilChannel(others, 'studio', ({ worker }) => worker === other!.name)
    await until(isLive, { timeout: 60_000 })
    await told(holder!, `/fleet/workers/${other!.name}:drain`)
    await untilChannel(others, 'studio', ({ worker }) => worker === holder!.name)
    await until(isLive, { timeout: 60_000 })
  })
}

test.run()
