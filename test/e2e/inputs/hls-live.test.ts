// suite: deep
// Live playlists: they grow, stand still, lose segments, begin anew and end.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture, StreamMonitor, type CaptureOptions, type StreamState } from '../../../src/index'
import { liveHls, lyingOrigin, makeHls, nginxOrigin } from '../../support/peers/hls'
import { accepts } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { keepLog, samePictures, smallFile, take } from '../lib/inputs'
import { keep, type Seen } from '../lib/served'

const test = suite('inputs: live HLS', { timeout: 120_000 })

const GENEROUS: CaptureOptions = { connectTimeout: 30_000, stallTimeout: 20_000 }

const listed = (folder: string, count: number): Promise<unknown> =>
  until(async () => (await readFile(join(folder, 'live.m3u8'), 'utf8').catch(() => '')).split('.ts\n').length > count, {
    what: `${count} segments`,
    timeout: 60_000,
  })

for (const type of ['mpegts', 'fmp4'] as const) {
  test(`ffmpeg, ${type}, which deletes old segments: pictures in time, and none is missing`, async () => {
    const file = await smallFile('in.mp4', { duration: 10 })
    const folder = tempDir()
    await using _ffmpeg = liveHls(file, folder, { type })
    const from = performance.now()
    await using origin = await nginxOrigin(folder)
    const playlist = (): Promise<string> => readFile(join(folder, 'live.m3u8'), 'utf8').catch(() => '')
    await until(async () => (await playlist()).includes('live3'), { what: 'segments', timeout: 60_000 })
    const { frames, info, states } = await take(origin.url(), { ...GENEROUS, bufferSize: 150 }, { count: 150 })
    assert.ok(performance.now() - from > 4000, 'pictures came faster than they are made')
    assert.equal(
      states.map(({ phase }) => phase),
      ['idle', 'connecting', 'live'],
    )
    frames.slice(1).forEach(({ timestamp }, i) => {
      const step = timestamp - frames[i]!.timestamp
      assert.ok(Math.abs(step - 40_000) <= 3000, `picture ${i + 1} comes ${step} µs after the one before`)
    })
    await samePictures(file, { frames: frames.slice(0, 50), info }, { skip: 250, jitterUs: 3000 })
  })
}

interface Shown {
  /** Number of the first segment. */
  readonly first?: number
  /** Which file that is. */
  readonly from?: number
  readonly ended?: boolean
}

/** A server whose playlist shows segments up to `shown`. */
async function grown(
  duration: number,
  { miss = [] as readonly number[] } = {},
): Promise<{
  origin: Awaited<ReturnType<typeof lyingOrigin>>
  file: string
  show(last: number, options?: Shown): void
}> {
  const file = await smallFile('in.mp4', { duration })
  const folder = await makeHls(file)
  let text = ''
  const origin = await lyingOrigin(folder, (path, response) => {
    if (path === 'live.m3u8') return (response.end(text), true)
    const number = Number(/live(\d+)\.ts/.exec(path)?.[1] ?? -1)
    return miss.includes(number) ? (response.writeHead(404).end(), true) : false
  })
  const show = (last: number, { first = 0, ended = false, from = 0 }: Shown = {}): void => {
    const segments = Array.from({ length: last - from + 1 }, (_, i) => `#EXTINF:1\nlive${from + i}.ts`)
    text = [
      '#EXTM3U',
      '#EXT-X-TARGETDURATION:1',
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      ...segments,
      ...(ended ? ['#EXT-X-ENDLIST'] : []),
      '',
    ].join('\n')
  }
  return { origin, file, show }
}

/** All that is expected has come, and no more: what was decoded last may come after the end is told. */
async function came({ frames }: Watching, count: number): Promise<void> {
  await until(() => frames.length >= count, { what: () => `${count} pictures: ${frames.length}` })
  assert.is(frames.length, count)
}

interface Watching extends AsyncDisposable {
  readonly capture: Capture
  readonly frames: Seen[]
  readonly states: StreamState[]
  phase(): string
}

async function watch(url: string, options: CaptureOptions): Promise<Watching> {
  const { logger } = keepLog()
  // Paced pictures wait for a machine that stands still: all are counted.
  const capture = new Capture(url, { logger, ...GENEROUS, bufferSize: 150, ...options })
  const [frames, states]: [Seen[], StreamState[]] = [[], []]
  capture.state$.subscribe(state => void states.push(state))
  capture.frames$.subscribe({ next: frame => void frames.push(keep(frame)), error() {} })
  await capture.start()
  const phase = (): string => capture.state.phase
  return { capture, frames, states, phase, [Symbol.asyncDispose]: () => capture.stop() }
}

test('it begins three target durations behind the end, and ends with the playlist', async () => {
  const { origin, file, show } = await grown(8)
  await using _ = origin
  show(4)
  await using watched = await watch(origin.url(), {})
  show(7, { ended: true })
  await until(() => watched.phase() === 'stopped', { timeout: 60_000 })
  assert.is(watched.capture.state.reason, 'ERR_STREAM_ENDED')
  await came(watched, 150)
  await samePictures(file, { frames: watched.frames, info: watched.capture.info! }, { from: 50 })
})

test('with finalDelay a playlist that has ended goes on when it does, and nothing plays twice', async () => {
  const { origin, file, show } = await grown(8)
  await using _ = origin
  show(2, { ended: true })
  const reconnect = { first: true, finalDelay: 1000 }
  await using watched = await watch(origin.url(), { pace: 'none', reconnect })
  const ends = (): number => watched.states.filter(({ reason }) => reason === 'ERR_STREAM_ENDED').length
  // Twice: it has ended, and a look at it finds nothing else.
  await until(() => watched.phase() === 'reconnecting' && ends() > 2, { timeout: 60_000, what: 'another look' })
  await came(watched, 75)
  show(5, { first: 3, from: 3 })
  await until(() => watched.phase() === 'live', { timeout: 60_000, what: 'the rest' })
  show(7, { first: 3, from: 3, ended: true })
  await until(() => watched.phase() === 'reconnecting', { timeout: 60_000, what: 'its end' })
  await came(watched, 200)
  await samePictures(file, { frames: watched.frames, info: watched.capture.info! }, {})
})

test('missing segments are counted, left out, and leave a hole of their length', async () => {
  const { origin, show } = await grown(8, { miss: [3, 4] })
  await using _ = origin
  show(7, { ended: true })
  await using watched = await watch(origin.url(), { pace: 'none' })
  await until(() => watched.phase() === 'stopped', { timeout: 60_000 })
  await came(watched, 150)
  const { segments, retries, lost } = watched.capture.stats().hls!
  assert.equal([segments, retries, lost], [6, 4, 2])
  const step = watched.frames[75]!.timestamp - watched.frames[74]!.timestamp
  assert.ok(Math.abs(step - 2_040_000) < 5000, `a hole of ${step} µs`)
})

test('a monitor tells of segments, and of how far the end is', async () => {
  const { origin, show } = await grown(10, { miss: [4] })
  await using _ = origin
  show(4)
  await using watched = await watch(origin.url(), {})
  using monitor = new StreamMonitor(['queueMs'])
  monitor.attachStream(watched.capture, 'playlist')
  const series = async (name: string): Promise<number | null> => {
    const text = await monitor.prometheus()
    const line = text.split('\n').find(one => one.startsWith(`rxgst_hls_${name}`))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  }
  const segments = (kind: string) => series(`segments_total{stream="playlist",direction="in",kind="${kind}"}`)
  await until(async () => (await segments('retried')) === 2)
  await until(async () => (await segments('lost')) === 1)
  assert.ok((await segments('loaded'))! >= 2)
  let behind: number | null = null
  const near = async (): Promise<boolean> => {
    behind = await series('behind_seconds')
    return behind !== null && behind >= 1 && behind <= 3
  }
  await until(near, { what: () => `1 to 3 s behind: ${behind} s` })
  // Five further segments of a second each, before the next one is begun.
  show(9)
  await until(async () => ((await series('behind_seconds')) ?? 0) >= 5)
  assert.is(await series('bandwidth_bits_per_second'), null, 'a playlist without variants tells no bit rate')
  show(9, { ended: true })
  await until(async () => (await series('behind_seconds')) === null, { timeout: 60_000 })
})

test('a playlist that stands still is a stall, and goes on where it was', async () => {
  const { origin, file, show } = await grown(8)
  await using _ = origin
  show(3)
  await using watched = await watch(origin.url(), { stallTimeout: 1500 })
  await until(() => watched.states.some(({ phase }) => phase === 'stalled'), { timeout: 60_000 })
  // Also over further connections: none of them may give pictures twice.
  await until(() => watched.states.some(({ phase }) => phase === 'reconnecting'), { timeout: 60_000 })
  // The decoder keeps the last ones, which go with its connection.
  const before = watched.frames.length
  assert.ok(before >= 70 && before <= 75, `${before} pictures`)
  show(7, { ended: true })
  await until(() => watched.phase() === 'stopped', { timeout: 60_000 })
  await came(watched, before + 100)
  await samePictures(file, { frames: watched.frames.slice(before), info: watched.capture.info! }, { from: 100 })
})

test('numbers that begin anew are another stream, and time goes on', async () => {
  const { origin, file, show } = await grown(8)
  await using _ = origin
  show(7, { first: 500, from: 4 })
  await using watched = await watch(origin.url(), {})
  await until(() => watched.frames.length >= 50, { timeout: 60_000 })
  show(2, { first: 0, ended: true })
  await until(() => watched.phase() === 'stopped', { timeout: 60_000 })
  await came(watched, 150)
  const times = watched.frames.map(({ timestamp }) => timestamp)
  assert.ok(times.every((time, i) => i === 0 || time > times[i - 1]!))
  await samePictures(file, { frames: watched.frames.slice(75), info: watched.capture.info! }, { from: 0 })
})

test('what has left the playlist is lost, and it goes on near the end', async () => {
  const { origin, show } = await grown(10)
  await using _ = origin
  show(2)
  await using watched = await watch(origin.url(), {})
  show(9, { first: 6, from: 6, ended: false })
  await until(() => watched.frames.length >= 125, { timeout: 60_000 })
  assert.is(watched.capture.stats().hls?.lost, 4)
  assert.is(watched.phase(), 'live')
})

test('a server that goes away and comes back', async () => {
  const file = await smallFile('in.mp4', { duration: 10 })
  const folder = tempDir()
  await using _ffmpeg = liveHls(file, folder)
  await listed(folder, 3)
  const first = await nginxOrigin(folder)
  await using watched = await watch(first.url(), { stallTimeout: 1500 })
  await until(() => watched.frames.length > 10, { timeout: 60_000 })
  await first[Symbol.asyncDispose]()
  await until(async () => !(await accepts(first.port)))
  await until(() => watched.states.some(({ phase }) => phase === 'reconnecting'), { timeout: 60_000 })
  const before = watched.frames.length
  await using _second = await nginxOrigin(folder, first.port)
  await until(() => watched.phase() === 'live' && watched.frames.length > before + 25, { timeout: 60_000 })
})

test.run()
