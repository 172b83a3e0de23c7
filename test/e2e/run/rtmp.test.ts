// suite: deep
import { statSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { gst, run, type Graph, type RunningPipeline, type RxGstError } from '../../../src/index'
import { probe, publish, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { over } from '../lib/running'

/**
 * A player of nginx-rtmp gets sound at once and the picture from the next keyframe on: here more sound than a queue
 * holds. GStreamer takes the source for a file, and its sinks would wait for each other for ever.
 */
const test = suite('run: graphs on RTMP start whatever the keyframe interval is')

const LONG = { timeout: 90_000 }
const FPS = 10
const KEYFRAMES = 4
const SMALL = { fps: FPS, gop: FPS * KEYFRAMES, size: '160x90', bitrate: '100k' }

let nginx: Nginx
let stream = 0
test.before(async () => void (nginx = await startNginx()))
test.after(() => nginx[Symbol.asyncDispose]())

/** Resolves in the middle of a group of pictures: the next keyframe is more than a queue's second away. */
async function published(): Promise<{ url: string; publisher: Publisher }> {
  const name = `s${++stream}`
  const publisher = await publish(nginx.url(name), SMALL)
  await nginx.published(name)
  await until(() => publisher.sent() % KEYFRAMES > 0.5 && publisher.sent() % KEYFRAMES < 2)
  return { url: nginx.url(name), publisher }
}

/** null: it runs. */
const failure = (pipeline: RunningPipeline): Promise<RxGstError | null> =>
  pipeline.start().then(
    () => null,
    (error: unknown) => error as RxGstError,
  )

/** On a busy machine a player comes when the next keyframe is near, and waits for nothing: again then. */
async function inMidGroup(attempt: (url: string) => Promise<boolean>): Promise<void> {
  for (let more = 5; ; more--) {
    const { url, publisher } = await published()
    try {
      if (await attempt(url)) return
    } finally {
      await publisher.stop()
    }
    assert.ok(more > 0, 'no player came in the middle of a group: this test shows nothing')
  }
}

test(
  'files, programs, screens, with and without queues; and all end with the publisher',
  async () => {
    const { url, publisher } = await published()
    const mp4 = tempFile('a.mp4')
    const flv = tempFile('a.flv')
    const graphs: Record<string, Graph> = {
      mp4: gst`rtmp2src location=${url} ! flvdemux name=d
        mp4mux name=m fragment-duration=1000 ! filesink location=${mp4}
      d.video ! queue ! h264parse ! m.  d.audio ! queue ! aacparse ! m.`,
      flv: gst`rtmp2src location=${url} ! flvdemux name=d  flvmux name=m ! filesink location=${flv}
      d.video ! queue ! h264parse ! m.  d.audio ! queue ! aacparse ! m.`,
      'mp4 without queues': gst`rtmp2src location=${url} ! flvdemux name=d
      mp4mux name=m fragment-duration=1000 ! fakesink
      d.video ! h264parse ! m.  d.audio ! aacparse ! m.`,
      'flv without queues': gst`rtmp2src location=${url} ! flvdemux name=d  flvmux name=m ! fakesink
      d.video ! m.video  d.audio ! m.audio`,
      'queues, fakesinks': gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! queue ! fakesink  d.audio ! queue ! fakesink`,
      fakesinks: gst`rtmp2src location=${url} ! flvdemux name=d  d.video ! fakesink  d.audio ! fakesink`,
      'queues, appsinks': gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! queue ! h264parse ! avdec_h264 ! appsink name=v
      d.audio ! queue ! aacparse ! avdec_aac ! appsink name=a`,
      appsinks: gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! h264parse ! avdec_h264 ! appsink name=v  d.audio ! aacparse ! avdec_aac ! appsink name=a`,
      'queues, screen': gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! queue ! h264parse ! avdec_h264 ! fakevideosink
      d.audio ! queue ! aacparse ! avdec_aac ! fakeaudiosink`,
      screen: gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! h264parse ! avdec_h264 ! fakevideosink  d.audio ! aacparse ! avdec_aac ! fakeaudiosink`,
      // The program's own wish holds: these wait for each other, and the queues grow meanwhile.
      'preroll that was asked for': gst`rtmp2src location=${url} ! flvdemux name=d
      d.video ! queue ! fakesink name=v async=true  d.audio ! queue ! fakesink async=true`,
    }
    graphs.librtmp = gst`rtmpsrc location=${`${url} live=1`} ! flvdemux name=d
    d.video ! queue ! fakesink  d.audio ! queue ! fakesink`
    const pipelines = Object.entries(graphs).map(([name, graph]) => {
      const stallTimeout = name === 'librtmp' ? 4000 : Infinity
      return { name, pipeline: run(graph, { startTimeout: 60_000, stallTimeout }) }
    })
    try {
      await Promise.all(
        pipelines.map(async ({ name, pipeline }) => {
          await pipeline.start()
          assert.is(pipeline.state.phase, 'live', name)
          assert.is(publisher.running, true, `${name}: it started by the end of the stream`)
        }),
      )
      const asked = pipelines.at(-2)!.pipeline
      assert.is(asked.get('v', 'async'), true)
      await sleep(500)
      await publisher.stop()
      // librtmp does not tell that a publisher has left: that it is silent is all there is to know.
      await Promise.all(
        pipelines.map(({ name, pipeline }) => {
          const end = name === 'librtmp' ? 'failed' : 'stopped'
          return until(() => pipeline.state.phase === end, { what: `${name} to end` })
        }),
      )
      assert.is(pipelines.at(-1)!.pipeline.state.reason, 'ERR_STALLED')
    } finally {
      await Promise.all(pipelines.map(({ pipeline }) => pipeline.stop()))
    }
    for (const file of [mp4, flv]) {
      assert.ok(statSync(file).size > 1000)
      const { streams } = await probe(file)
      assert.equal(streams.map(({ codec_type }) => codec_type).sort(), ['audio', 'video'], file)
    }
  },
  { timeout: 120_000 },
)

async function standsStill(url: string): Promise<boolean> {
  // Limits that were given stay as they are.
  const small = run(gst`rtmp2src location=${url} ! flvdemux name=d  mp4mux name=m ! fakesink
    d.video ! queue ! h264parse ! m.  d.audio ! queue name=q max-size-time=100000000 ! aacparse ! m.`)
  const first = run(gst`rtmp2src location=${url} ! flvdemux name=d
    d.video ! fakesink name=v async=true  d.audio ! fakesink name=a async=true`)
  try {
    const errors = await Promise.all([failure(small), failure(first)])
    if (errors.includes(null)) return false
    assert.equal(
      errors.map(error => error?.code),
      ['ERR_STANDSTILL', 'ERR_STANDSTILL'],
    )
    assert.match(errors[0]!.message, /m\.audio_0 waits for m\.video_0.*the queue q is full: raise its max-size-time/)
    assert.match(errors[1]!.message, /a\.sink waits for its first buffer together with v\.sink/)
    assert.match(errors[1]!.message, /put a queue before a, or set its async to false$/)
    assert.is(errors[0]!.element, 'm')
    assert.is(small.state.phase, 'failed')
    assert.is(small.get('q', 'max-size-time'), 100_000_000)
    return true
  } finally {
    await Promise.all([small, first].map(pipeline => pipeline.stop()))
  }
}

test(
  'where no time helps, an error says which pad waits and what to change; no logger is needed',
  () => inMidGroup(standsStill),
  { timeout: 120_000 },
)

async function grows(url: string): Promise<boolean> {
  const p = run(gst`rtmp2src location=${url} ! flvdemux name=d  flvmux name=m ! fakesink name=out
    d.video ! queue ! h264parse ! m.  d.audio ! queue name=q ! aacparse ! m.`)
  try {
    assert.is(p.get('out', 'async'), false)
    let most = 0
    const starting = p.start()
    while (p.state.phase === 'connecting') {
      most = Math.max(most, Number(p.get('q', 'current-level-time')))
      assert.ok(Number(p.get('q', 'current-level-bytes')) <= 32 << 20)
      await sleep(20)
    }
    await starting
    if (most <= 1e9) return false
    await until(() => p.get('q', 'max-size-time') === 1e9)
    assert.equal([p.get('q', 'max-size-buffers'), p.get('q', 'max-size-bytes')], [200, 10 << 20])
    return true
  } finally {
    await p.stop()
  }
}

test('a queue that has grown is as it was once it was empty; sinks do not wait', () => inMidGroup(grows), {
  timeout: 120_000,
})

test('sinks of a file do wait', async () => {
  const file = run(gst`videotestsrc num-buffers=5 ! fakesink name=out`)
  assert.is(file.get('out', 'async'), true)
  await file.start()
  await over(file)
  await file.stop()
})

test(
  'a source that uridecodebin makes is watched, too',
  async () => {
    const { url, publisher } = await published()
    const p = run(gst`uridecodebin uri=${url} ! fakesink async=false`, { stallTimeout: 4000 })
    try {
      await p.start()
      assert.is(p.state.phase, 'live')
      await sleep(6000)
      assert.is(p.state.phase, 'live', 'it was not silent')
      publisher.kill('SIGSTOP')
      await until(() => p.state.phase === 'failed', { what: 'the silence to be told' })
      assert.is(p.state.reason, 'ERR_STALLED')
    } finally {
      await p.stop()
      publisher.kill('SIGCONT')
      await publisher.stop()
    }
  },
  LONG,
)

test.run()
