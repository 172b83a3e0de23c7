import * as assert from 'uvu/assert'
import { gst, run } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { serveWhole } from '../../e2e/lib/served'
import { over, running } from '../../e2e/lib/running'
import { counter } from './graphs'

const test = suite('rxrtmpsrc: its modes', { timeout: 60_000 })

test('direct: the same packets without a thread of its own', async () => {
  const file = await makeFile(tempFile('direct.flv'), { size: '160x90', duration: 2, bframes: 2 })
  await using server = await startRtmpServer(serveWhole(file))
  const sizes: number[][] = []
  for (const direct of [false, true]) {
    await running(
      gst`rxrtmpsrc name=source location=${server.url()} direct=${direct}
        source.video ! appsink name=video sync=false max-buffers=0  source.audio ! fakesink`,
      async p => {
        const got: number[] = []
        p.packets$('video').subscribe({ next: ({ data }) => void got.push(data.length), error: () => {} })
        await p.start().catch(() => {})
        await over(p)
        sizes.push(got)
      },
    )
  }
  assert.ok(sizes[0]!.length >= 59, `${sizes[0]!.length} packets`)
  assert.equal(sizes[0], sizes[1])
})

test('script-data: a pad for them', async () => {
  const file = await makeFile(tempFile('script.flv'), { size: '160x90', duration: 1 })
  await using server = await startRtmpServer(serveWhole(file))
  await running(
    gst`rxrtmpsrc name=source location=${server.url()} script-data=true
      source.video ! fakesink  source.audio ! fakesink  source.data ! appsink name=data sync=false`,
    async p => {
      const names: string[] = []
      p.packets$('data').subscribe({
        next: ({ data }) => void names.push(Buffer.from(data.subarray(3, 13)).toString('latin1')),
        error: () => {},
      })
      await p.start().catch(() => {})
      await over(p)
      assert.is(names[0], 'onMetaData')
    },
  )
})

test('who takes nothing holds the server back, and not memory', async () => {
  const file = await makeFile(tempFile('held.flv'), { size: '640x360', duration: 8, pattern: 'noise', bitrate: '20M' })
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true })
  await running(
    gst`rxrtmpsrc name=source location=${server.url()} source.video ! fakesink sync=true  source.audio ! fakesink`,
    async p => {
      const from = performance.now()
      await p.start()
      await sleep(2500)
      const bytes = counter(p, 'source', 'in-bytes-total')
      const a_second = (bytes * 1000) / (performance.now() - from)
      // Real time is 2.5 MB a second, however fast the server is.
      assert.ok(a_second < 6e6, `${a_second} bytes a second`)
    },
  )
})

test('composition times below zero move no picture', async () => {
  const file = await makeFile(tempFile('negative.flv'), { size: '160x90', duration: 2, bframes: 2 })
  // As encoders write them that give decoding times without a lead: two pictures of 33 ms.
  const edit = (tag: FlvTag): FlvTag[] => {
    if (tag.type !== 'video' || tag.data[1] !== 1) return [tag]
    const data = Buffer.from(tag.data)
    const offset = data.readIntBE(2, 3) - 67
    data.writeIntBE(offset, 2, 3)
    return [{ ...tag, data }]
  }
  const times: number[][] = []
  for (const edited of [false, true]) {
    await using server = await startRtmpServer(serveWhole(file, edited ? { edit } : {}))
    const p = run(gst`rxrtmpsrc name=source location=${server.url()} source.video ! h264parse ! avdec_h264 !
      appsink name=video sync=false  source.audio ! fakesink`)
    const seen: number[] = []
    p.frames$('video').subscribe({ next: frame => (seen.push(frame.timestamp), frame.close()), error: () => {} })
    await p.start().catch(() => {})
    await over(p)
    await p.stop()
    times.push(seen.map(time => time - seen[0]!))
  }
  const [plain, moved] = [times[0]!, times[1]!]
  assert.ok(plain.length >= 55 && moved.length >= 55, `${plain.length}, ${moved.length}`)
  // The first picture cannot be shown before zero.
  const drift = moved.slice(3, 50).map((time, i) => time - moved[3]! - (plain[i + 3]! - plain[3]!))
  assert.ok(Math.max(...drift.map(Math.abs)) < 2000, drift.join(' '))
})

test('a stop while the server is held back is quick', async () => {
  const file = await makeFile(tempFile('full.flv'), { size: '640x360', duration: 4, pattern: 'noise', bitrate: '20M' })
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true })
  const aside: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (text: string) => void aside.push(text) }
  const graph = gst`rxrtmpsrc name=source location=${server.url()}
    source.video ! fakesink sync=true  source.audio ! fakesink`
  const p = run(graph, { logger })
  await p.start()
  await sleep(600)
  await p.stop()
  assert.equal(aside, [], 'it stopped within its deadline')
  await until(() => server.connections.every(({ open }) => !open), { what: 'the connection to end' })
})

test.run()
