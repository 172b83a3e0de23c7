import * as assert from 'uvu/assert'
import { gst, run, type Graph } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { bounded } from '../lib/flooded'
import { over } from '../lib/running'
import { timed } from '../lib/timed'

/** Several connections to one server: which element a socket belongs to is not always known. */
const test = suite('run: sources and sinks at one server', { timeout: 60_000 })

/** Bytes that each target gets: many times what a publisher may hear, or a player say. */
const ENOUGH = 1 << 20

let file: string
let nginx: Nginx
let camera: Publisher
test.before(async () => {
  const source = {
    size: '160x90',
    fps: 25,
    gop: 25,
    pattern: 'noise',
    bitrate: '3M',
    duration: 4,
    audio: null,
  } as const
  file = await makeFile(tempFile('camera.flv'), source)
  nginx = await startNginx()
  camera = await publishFile(nginx.url('camera'), file, { loop: true })
  await nginx.published('camera')
})
test.after(async () => {
  await camera.stop()
  await nginx[Symbol.asyncDispose]()
})

/** Raw, and at once: the camera's times begin before the graph. */
const RELAYS: readonly [what: string, graph: (from: string, to: string) => Graph][] = [
  ['a source, then a sink', (from, to) => gst`rtmp2src location=${from} ! queue ! rtmp2sink sync=false location=${to}`],
  [
    'a sink, then a source',
    (from, to) => gst`queue name=q ! rtmp2sink sync=false location=${to}  rtmp2src location=${from} ! q.`,
  ],
  [
    'which connect when there is something to do',
    (from, to) => gst`rtmp2src location=${from} async-connect=false ! queue
      ! rtmp2sink sync=false location=${to} async-connect=false`,
  ],
  [
    'two sources and a sink',
    (from, to) => gst`rtmp2src location=${from} ! fakesink  rtmp2src location=${from} ! queue
      ! rtmp2sink sync=false location=${to}`,
  ],
]

test('what is well goes on, and stops', async () => {
  await Promise.all(
    RELAYS.map(async ([what, graph], index) => {
      const name = `copy${index}`
      const pipeline = run(graph(nginx.url('camera'), nginx.url(name)))
      try {
        await pipeline.start()
        const come = async () => (await nginx.stat()).find(it => it.name === name)?.bytesIn ?? 0
        await until(async () => pipeline.state.phase !== 'live' || (await come()) > ENOUGH, { timeout: 30_000, what })
        assert.equal([pipeline.state.phase, pipeline.state.reason], ['live', null], what)
      } finally {
        const took = await timed(() => pipeline.stop())
        assert.ok(took < 3000, `${what}: stop() took ${took} ms`)
      }
    }),
  )
})

for (const who of ['source', 'sink'] as const) {
  test(`a server that floods the ${who}`, async () => {
    await using server = await startRtmpServer(
      who === 'source' ? { kind: 'flood', what: 'short-pings' } : { kind: 'accept-publish', flood: 'short-pings' },
    )
    const pipeline = run(
      gst`rtmp2src location=${server.url('in')} ! fakesink async=false
        videotestsrc is-live=true ! x264enc tune=zerolatency ! flvmux streamable=true
        ! rtmp2sink location=${server.url('out')}`,
    )
    await bounded(
      async () => {
        void pipeline.start().catch(() => {})
        await over(pipeline)
        assert.equal([pipeline.state.phase, pipeline.state.reason], ['failed', 'ERR_BAD_STREAM'])
      },
      () => pipeline.stop(),
    )
  })
}

test('a flood to one pipeline ends no other', async () => {
  await using server = await startRtmpServer(index =>
    index === 0 ? { kind: 'serve-file', file, loop: true } : { kind: 'flood', what: 'short-pings' },
  )
  const player = () => run(gst`rtmp2src location=${server.url()} async-connect=false ! fakesink async=false`)
  const well = player()
  const flooded = player()
  try {
    await well.start()
    await server.connection(0, ({ sent }) => sent > 20)
    void flooded.start().catch(() => {})
    await over(flooded)
    assert.is(flooded.state.reason, 'ERR_BAD_STREAM')
    await flooded.stop()
    const { sent } = server.connections[0]!
    await server.connection(0, it => it.sent > sent + 25)
    assert.is(well.state.phase, 'live')
  } finally {
    await Promise.all([well.stop(), flooded.stop()])
  }
})

test.run()
