// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput } from '../../src/index'
import { meterOf, METRIC_NAMES, type Meter, type Reading } from '../../src/monitor/observation'
import { probe } from '../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../support/peers/nginx'
import { drawClock, readClock } from '../support/media/picture-clock'
import { startRtmpServer, tagInfo } from '../support/peers/rtmp-server'
import { sine } from '../support/media/audio'
import { suite } from '../support/suite'
import { sleep, until } from '../support/until'
import { received } from '../e2e/lib/sent'

const test = suite('metrics of an output', { timeout: 90_000 })

const SIZE = { width: 480, height: 270, fps: 25 }
/** What a meter looks back on, s. */
const WINDOW = 5
const clock = (): number => Number(BigInt.asUintN(32, process.hrtime.bigint() / 1000n))
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

/** Writes pictures with the present time burnt in, at every 1/fps. Returns what stops it. */
function writing(output: RTMPOutput): () => Promise<void> {
  let on = true
  const picture = new Uint8Array(SIZE.width * SIZE.height * 3)
  const done = (async () => {
    const from = performance.now()
    // A picture whose time has passed is left out: written late, it would wait behind the one that filled its place,
    // for ever.
    for (let n = 0; on; n = Math.max(n + 1, Math.floor(((performance.now() - from) * SIZE.fps) / 1000))) {
      await sleep(Math.max(0, from + (n * 1000) / SIZE.fps - performance.now()))
      picture.fill((n * 8) % 256)
      drawClock(picture, SIZE.width, SIZE.height, clock())
      await output.writeFrame(picture)
    }
  })()
  return async () => {
    on = false
    await done
  }
}

function look(meter: Meter, what: string, condition: (reading: Reading) => boolean): Promise<Reading> {
  let last: Reading
  const told = (): string => `${what}: ${JSON.stringify(last.values)}`
  return until(() => ((last = meter.read()), condition(last) ? last : null), {
    timeout: 30_000,
    interval: 100,
    what: told,
  })
}

let nginx: Nginx
test.before(async () => void (nginx = await startNginx()))
test.after(async () => nginx.stop())

/** Ages of the pictures of a stream by their burnt-in clock, beside what a meter says of the same pictures. */
async function ages(
  url: string,
  stampLatency: boolean,
  seconds: number,
): Promise<{ burnt: () => number; read: () => Reading; out: () => Reading } & AsyncDisposable> {
  const output = new RTMPOutput(url, { ...SIZE, stampLatency, keyframeInterval: 1 })
  const outMeter = meterOf(output, METRIC_NAMES)
  await output.start()
  const stop = writing(output)
  await nginx.published(url.split('/').at(-1)!)
  const capture = new RTMPCapture(url)
  const meter = meterOf(capture, ['endToEndLatency', 'latency'])
  const burnt: number[] = []
  capture.frames$.subscribe(frame => {
    const now = clock()
    const then = readClock(frame.data, SIZE.width, SIZE.height)
    if (then !== null) burnt.push(((now - then) >>> 0) / 1000)
    frame.close()
  })
  await capture.start()
  await until(() => burnt.length >= seconds * SIZE.fps, { timeout: 60_000, what: () => `${burnt.length} pictures` })
  const end = async (): Promise<void> => {
    await stop()
    meter.close()
    outMeter.close()
    await capture.stop()
    await output.stop()
  }
  return {
    burnt: () => median(burnt.slice(-WINDOW * SIZE.fps)),
    read: () => meter.read(),
    out: () => outMeter.read(),
    [Symbol.asyncDispose]: end,
  }
}

test('endToEndLatency agrees with a burnt-in clock within 5 ms; an output knows its part of it', async () => {
  await using it = await ages(nginx.url('stamped'), true, WINDOW + 1)
  const { burnt, read, out } = it
  // Where the machine is busy both swing, and not over quite the same pictures: they must agree in some window.
  const { reading, sent } = await until(
    () => {
      const [reading, sent, expected] = [read(), out(), burnt()]
      const agree = Math.abs((reading.values.endToEndLatency ?? Infinity) - expected) <= 5
      return agree && sent.values.latency! > 0 && sent.values.latency! < expected + 5 ? { reading, sent } : null
    },
    {
      timeout: 30_000,
      interval: 250,
      what: () =>
        `agreement: ${read().values.endToEndLatency} ms beside ${burnt()} ms, ` +
        `${out().values.latency} ms of it from the write to the sink`,
    },
  )
  const { values, details } = reading
  assert.ok(details.endToEndLatencyP95! >= values.endToEndLatency!)
  assert.ok(values.latency! > 0 && values.latency! < values.endToEndLatency!, 'from the network to JS is a part of it')
  assert.is(sent.values.endToEndLatency, null)
})

test('a stream without stamps has no endToEndLatency', async () => {
  await using it = await ages(nginx.url('plain'), false, 1)
  const { read } = it
  assert.is(read().values.endToEndLatency, null)
  assert.ok(read().values.latency! > 0)
})

test('what an output sends is what its server gets; stamps disturb no decoder; a filled gap shows', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...SIZE, stampLatency: true, keyframeInterval: 1 })
  const meter = meterOf(output, METRIC_NAMES)
  assert.is(meter.read().values.noData, null)
  await output.start()
  const picture = new Uint8Array(SIZE.width * SIZE.height * 3)
  const sound = sine({ frequency: 1000, rate: 44_100, count: 44_100 / SIZE.fps, channels: 2 })
  let written = 0
  const writeOne = async (): Promise<void> => {
    written++
    for (let i = 0; i < picture.length; i += 7) picture[i] = (i * written) % 251
    await output.writeFrameWithAudio(picture, sound)
  }
  while (written < 4 * SIZE.fps) await writeOne()
  // What a busy machine filled is gone with the next pictures.
  await until(
    async () => {
      await writeOne()
      const { freeze, silence, black, loudness, truePeak } = meter.read().values
      return freeze! < 0.5 && silence! < 0.5 && black === 0 && loudness! > -12 && truePeak! > -7
    },
    { interval: 0, what: () => `pictures that move, and sound: ${JSON.stringify(meter.read().values)}` },
  )

  // Nobody writes, and pictures go out.
  const goOut = (fps: number): boolean => Math.abs(fps - SIZE.fps) <= 2
  const still = await look(
    meter,
    'frozen and silent',
    ({ values }) => values.freeze! > 1 && values.silence! > 1 && values.noData! > 1 && goOut(values.fps!),
  )
  assert.equal([still.values.reconnects, still.values.droppedFrames, still.values.lateness], [0, 0, null])
  await output.stop()

  const end = meter.read()
  const connection = await server.connection(0, ({ open }) => !open)
  const got = (type: 'video' | 'audio') => connection.tags.filter(tag => tag.type === type && !tagInfo(tag).header)
  const payload = (type: 'video' | 'audio', head: number): number =>
    got(type).reduce((sum, { data }) => sum + data.length - head, 0)
  // The sound before a connection's first picture stays behind.
  assert.is(end.totals.frames.video, got('video').length)
  assert.is(end.totals.bytes.video, payload('video', 5))
  assert.ok(Math.abs(end.totals.bytes.audio - payload('audio', 2)) < 2000)

  const { file } = received(connection)
  const { frames } = await probe(file, { seconds: 60, show: 'frames' })
  assert.is(
    frames.filter(({ media_type }) => media_type === 'video').length,
    got('video').length,
    'every picture decodes',
  )
  meter.close()
})

test.run()
