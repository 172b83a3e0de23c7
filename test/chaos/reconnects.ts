import { startRtmpServer, type Behaviour } from '../support/peers/rtmp-server'
import { sleep, until } from '../support/until'
import type { Usage } from '../support/usage'
import type { Report } from './engine'
import { FPS } from './flash-beep'
import type { Media } from './media'
import { PLAIN_MALLOC, startRelay, type Relay } from './relay'

/** Part of the reconnects after which a process is warm. */
const WARM = 0.2
const THREADS_SLACK = 2
/** What resident memory may have grown by after the rest of them. */
const RSS_GROWTH = 0.05

/**
 * A capture and a target that lose their connection again and again: served for 200 ms, then FIN, RST or a refusal.
 * What the process holds is looked at when it is calm: warm, and at the end.
 */
export async function playReconnects(
  media: Media,
  count: number,
  say: (line: string) => void = () => {},
): Promise<Report> {
  const good = { in: { kind: 'serve-file', file: media.flash, loop: true }, out: { kind: 'accept-publish' } } as const
  await using input = await startRtmpServer(good.in)
  await using target = await startRtmpServer(good.out)
  const size = { width: 320, height: 180 }
  const reconnect = { initialDelay: 1, maxDelay: 10 }
  await using relay = await startRelay(
    {
      input: input.url(),
      targets: [target.url()],
      captureOptions: { ...size, reconnect, connectTimeout: 10_000 },
      outputOptions: { ...size, fps: FPS, bitrate: '300k', keyframeInterval: 0.5, reconnect, connectTimeout: 10_000 },
    },
    { env: PLAIN_MALLOC },
  )
  const storms: Behaviour[][] = [
    [
      { ...good.in, loop: false, until: 200, then: 'fin' },
      { kind: 'accept-publish', after: 12_000, then: 'rst' },
    ],
    [
      { ...good.in, loop: false, until: 200, then: 'rst' },
      { kind: 'accept-publish', after: 12_000, then: 'fin' },
    ],
    [{ kind: 'reject-play' }, { kind: 'reject-publish' }],
  ]
  const storm = async (until_: number) => {
    input.behave(index => storms[index % 3]![0]!)
    target.behave(index => storms[index % 3]![1]!)
    input.cut('rst')
    target.cut('rst')
    const from = performance.now()
    const both = () => Math.min(input.connections.length, target.connections.length)
    const told = { at: 0 }
    await until(
      () => {
        if (relay.exit)
          throw new Error(
            `the relay process ended (${relay.exit.code ?? relay.exit.signal})\n${relay.log.slice(-15).join('\n')}`,
          )
        if (both() - told.at >= 100)
          say(`    ${(told.at = both())} connections each, ${((performance.now() - from) / 1000).toFixed(0)} s`)
        // What they were sent is not needed any more.
        for (const { tags } of target.connections) tags.length = Math.min(tags.length, 50)
        return both() >= until_
      },
      {
        timeout: 30_000 + until_ * 2000,
        interval: 100,
        what: () => `${until_} connections; ${input.connections.length} and ${target.connections.length}`,
      },
    )
  }
  const calm = async (): Promise<Usage> => {
    input.behave(good.in)
    target.behave(good.out)
    input.cut('rst')
    target.cut('rst')
    await bothLive(relay)
    await sleep(3000)
    let best = await relay.usage()
    for (let i = 0; i < 4; i++) {
      await sleep(1000)
      const now = await relay.usage()
      best = {
        threads: Math.min(best.threads, now.threads),
        fds: Math.min(best.fds, now.fds),
        rss: Math.min(best.rss, now.rss),
      }
    }
    return best
  }

  const report: Report = {
    name: `${count} reconnects of capture and target`,
    of: 'both',
    outages: [],
    before: await relay.usage(),
    after: await relay.usage(),
    faults: [],
    missed: [],
  }
  try {
    await storm(Math.ceil(count * WARM))
    report.before = await calm()
    await storm(input.connections.length + Math.ceil(count * (1 - WARM)))
    report.after = await calm()
    const { before, after } = report
    if (after.threads > before.threads + THREADS_SLACK)
      report.faults.push(`threads ${before.threads} → ${after.threads}`)
    if (after.fds > before.fds) report.faults.push(`files ${before.fds} → ${after.fds}`)
    const grown = after.rss / before.rss - 1
    if (grown > RSS_GROWTH) report.missed.push(`resident memory grew by ${(grown * 100).toFixed(1)} %`)
    if (relay.errors.length) report.faults.push(`an observable failed: ${relay.errors.join('; ')}`)
    const stop = await relay.stop()
    if (Math.max(stop.capture, stop.output) > 5000) report.faults.push(`stop took ${JSON.stringify(stop)} ms`)
    if (relay.exit?.code !== 0) report.faults.push(`the process ended with ${relay.exit?.code ?? relay.exit?.signal}`)
  } catch (error) {
    report.faults.push((error as Error).message)
  }
  return report
}

async function bothLive(relay: Relay): Promise<void> {
  const since = performance.now()
  await until(() => ['capture', 'target 0'].every(of => relay.state(of)?.phase === 'live'), {
    timeout: 60_000,
    what: () => `capture and target to be live again; ${relay.log.slice(-10).join('\n')}`,
  })
  // Live of before the cut does not count.
  await sleep(Math.max(0, 500 - (performance.now() - since)))
  await until(() => ['capture', 'target 0'].every(of => relay.state(of)?.phase === 'live'), { timeout: 60_000 })
}
