// suite: deep
import * as assert from 'uvu/assert'
import { gst, run } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'

const test = suite('rxrtmpsrc and rxrtmpsink leave nothing behind', { timeout: 120_000 })

const CYCLES = 100
/** Of a connection that is stopped in one of its phases, or ends by itself. */
const MOMENTS = [0, 1, 2, 5, 20, 60]

/** One life each of a player and a publisher, stopped after `ms`. */
async function live(player: RtmpServer, publisher: RtmpServer, flv: string, ms: number): Promise<void> {
  const graphs = [
    gst`rxrtmpsrc name=s location=${player.url()} s.video ! fakesink s.audio ! fakesink`,
    gst`filesrc location=${flv} ! video/x-flv ! rxrtmpsink location=${publisher.url()} sync=false`,
  ]
  await Promise.all(
    graphs.map(async graph => {
      const p = run(graph)
      p.start().catch(() => {})
      await sleep(ms)
      await p.stop()
    }),
  )
}

test('200 connections: threads, files and memory stay as they were, whenever they are stopped', async () => {
  const file = await makeFile(tempFile('many.flv'), { size: '160x90', duration: 2 })
  await using player = await startRtmpServer(index =>
    index % 3 === 0 ? { kind: 'handshake-silent' } : { kind: 'serve-file', file, then: 'fin' },
  )
  await using publisher = await startRtmpServer({ kind: 'accept-publish' })
  const cycle = (i: number): Promise<void> => live(player, publisher, file, MOMENTS[i % MOMENTS.length]!)
  for (let i = 0; i < 12; i++) await cycle(i)
  const all = [player, publisher]
  const closed = () => all.every(({ connections }) => connections.every(({ open }) => !open))
  await until(closed, { what: 'all connections to end' })
  const warm = usage()
  for (let i = 0; i < CYCLES; i++) await cycle(i)
  await until(closed, { what: 'all connections to end' })
  let now = usage()
  const back = () => ((now = usage()), now.threads <= warm.threads && now.fds <= warm.fds)
  const what = () =>
    `threads ${warm.threads} → ${now.threads}, files ${warm.fds} → ${now.fds}\n${openFiles().join('\n')}`
  await until(back, { what, timeout: 30_000, interval: 250 })
  const grown = (now.rss - warm.rss) / 1e6
  // The servers of this process remember what they got, and a sanitizer keeps what is given back for a while.
  assert.ok(grown < (process.env.ASAN_OPTIONS === undefined ? 60 : 500), `${grown} MB more`)
})

test.run()
