// suite: deep
// Graphs of programs that are made anew when the network fails.
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { gst, run, type Graph, type RunningPipeline, type RxGstError, type StreamState } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, tagInfo, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'
import { timed } from '../lib/timed'

const test = suite('run: graphs that are made anew', { timeout: 120_000 })

const FPS = 25
const SOON = { initialDelay: 20, maxDelay: 100 } as const
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), {
    size: '160x90',
    fps: FPS,
    gop: 5,
    bitrate: '200k',
    duration: 3,
    audio: { frequency: 1000 },
  })
})

const live = (more: Partial<ServeFile> = {}): ServeFile => ({ kind: 'serve-file', file, loop: true, ...more })

/** Cut only when the pipeline is live: on a busy machine it is so later, and what fails before that is no loss. */
const cut = (isLive: () => boolean, then: 'rst' | 'fin'): ServeFile =>
  live({
    until: 400,
    then,
    before: async (it, { timestamp }) => {
      if (timestamp > 300) await until(() => isLive() || !it.open, { what: 'a live pipeline' })
    },
  })

const player = (url: string): Graph => gst`rxrtmpsrc name=in location=${url}
  in.video ! queue name=q ! h264parse ! avdec_h264 ! appsink name=pictures sync=false
  in.audio ! queue ! aacparse ! appsink name=sound sync=false`

const statesOf = (p: RunningPipeline): StreamState[] => {
  const states: StreamState[] = []
  p.state$.subscribe(state => void states.push(state))
  return states
}

const failure = (starting: Promise<void>): Promise<RxGstError | null> =>
  starting.then(
    () => null,
    (error: unknown) => error as RxGstError,
  )

test('twenty cuts: pictures, sound and counters go on, and nothing is left behind', async () => {
  const CUTS = 20
  let isLive = (): boolean => false
  await using server = await startRtmpServer(index =>
    index < CUTS ? cut(() => isLive(), index % 2 === 0 ? 'rst' : 'fin') : live(),
  )
  await using p = run(player(server.url()), { reconnect: { ...SOON, atEnd: 'retry' } })
  isLive = () => p.state.phase === 'live'
  const states = statesOf(p)
  const pictures: { timestamp: number; sequence: number; arrival: number }[] = []
  const sound: number[] = []
  const counts: number[] = []
  const ends: string[] = []
  const end = (name: string) => ({
    complete: () => void ends.push(name),
    error: () => void ends.push(`${name} failed`),
  })
  p.frames$('pictures').subscribe({
    next: frame => {
      pictures.push({ timestamp: frame.timestamp, sequence: frame.sequence, arrival: performance.now() })
      frame.close()
    },
    ...end('pictures'),
  })
  p.packets$('sound').subscribe({
    next: packet => void (packet.header || sound.push(packet.timestamp!)),
    ...end('sound'),
  })
  p.probe$('q.sink', 50).subscribe({ next: ({ buffers }) => void counts.push(buffers), ...end('counters') })
  await p.start()
  p.set('q', { 'max-size-time': 3_000_000_000 })
  const made = (count: number) =>
    until(() => p.stats().reconnects >= count && p.state.phase === 'live', {
      what: () => `${count} reconnects: ${p.stats().reconnects}, ${JSON.stringify(states.at(-1))}`,
      timeout: 60_000,
    })
  await made(3)
  const early = usage()
  const earlyFiles = openFiles()
  await made(CUTS)
  const before = pictures.length
  await until(() => pictures.length > before + FPS)
  assert.is(p.stats().reconnects, CUTS)
  assert.is(p.get('q', 'max-size-time'), 3_000_000_000)
  assert.equal(ends, [])
  // Sockets and threads of a pipeline go a moment after it.
  await until(() => usage().fds <= early.fds + 2 && usage().threads <= early.threads + 2, {
    what: () =>
      `what is left: ${JSON.stringify([early, usage()])}\n${earlyFiles.join(', ')}\n${openFiles().join(', ')}`,
  })
  for (const [i, { timestamp, sequence }] of pictures.slice(1).entries()) {
    assert.ok(timestamp > pictures[i]!.timestamp, `${pictures[i]!.timestamp} µs, then ${timestamp} µs`)
    assert.ok(sequence > pictures[i]!.sequence, `picture ${pictures[i]!.sequence}, then ${sequence}`)
  }
  // Media time keeps step with the wall's, over all cuts.
  const [first, last] = [pictures[0]!, pictures.at(-1)!]
  const driftMs = (last.timestamp - first.timestamp) / 1000 - (last.arrival - first.arrival)
  assert.ok(Math.abs(driftMs) < 1500, `${driftMs} ms`)
  sound.slice(1).forEach((time, i) => assert.ok(time >= sound[i]!, `sound at ${sound[i]} µs, then at ${time} µs`))
  assert.ok(Math.abs(sound.at(-1)! - last.timestamp) < 1_500_000)
  counts.slice(1).forEach((count, i) => assert.ok(count >= counts[i]!, `${counts[i]} buffers, then ${count}`))
  assert.ok(counts.at(-1)! >= CUTS * 5, `${counts.at(-1)} buffers`)
  assert.is(p.stats().sinks.pictures!.received >= pictures.length, true)
  const losses = states.filter(({ phase, nextRetryAt }) => phase === 'reconnecting' && nextRetryAt !== null)
  assert.is(losses.length, CUTS)
  for (const { reason, attempt } of losses) {
    assert.ok(reason === 'ERR_CONNECTION_LOST' || reason === 'ERR_STREAM_ENDED', String(reason))
    assert.is(attempt, 1)
  }
  await p.stop()
  assert.equal([...ends].sort(), ['counters', 'pictures', 'sound'])
  assert.is(p.state.phase, 'stopped')
})

test('what is no fault of the network ends it at once', async () => {
  await using server = await startRtmpServer(() => live())
  const wrong = run(gst`rxrtmpsrc name=in location=${server.url()} in.video ! queue max-size-buffers=many ! fakesink`, {
    reconnect: { ...SOON, first: true },
  })
  const states = statesOf(wrong)
  const error = await failure(wrong.start())
  assert.is(error?.code, 'ERR_PROPERTY_VALUE')
  assert.equal(
    states.map(({ phase }) => phase),
    ['idle', 'connecting', 'failed'],
  )
  assert.is(server.connections.length, 0)
  await wrong.stop()

  await using broken = run(
    gst`rxrtmpsrc name=in location=${server.url()} in.video ! identity error-after=30 ! fakesink`,
    { reconnect: SOON },
  )
  const later = statesOf(broken)
  await broken.start()
  await until(() => broken.state.phase === 'failed')
  assert.equal(
    later.map(({ phase }) => phase),
    ['idle', 'connecting', 'live', 'failed'],
  )
  assert.is(server.connections.length, 1)
})

test('an end is the end, unless it may begin again', async () => {
  await using p = run(gst`videotestsrc num-buffers=5 ! fakesink`, {
    reconnect: SOON,
  })
  const states = statesOf(p)
  await p.start()
  await until(() => p.state.phase === 'stopped')
  assert.equal(
    states.map(({ phase }) => phase),
    ['idle', 'connecting', 'live', 'stopping', 'stopped'],
  )
  await using again = run(gst`videotestsrc num-buffers=5 ! fakesink`, {
    reconnect: { ...SOON, atEnd: 'retry' },
  })
  await again.start()
  await until(() => again.stats().reconnects >= 2)
})

test('stop() ends it in a delay, and in an attempt', async () => {
  for (const where of ['delay', 'attempt'] as const) {
    let isLive = (): boolean => false
    await using server = await startRtmpServer(index =>
      index === 0 ? cut(() => isLive(), 'rst') : { kind: 'accept-silent' },
    )
    const initialDelay = where === 'delay' ? 600_000 : 1
    const p = run(player(server.url()), { reconnect: { initialDelay, maxDelay: 600_000 } })
    isLive = () => p.state.phase === 'live'
    let ended = ''
    p.frames$('pictures').subscribe({ next: frame => frame.close(), complete: () => (ended = 'complete') })
    await p.start()
    if (where === 'attempt') await server.connection(1)
    else await until(() => p.state.phase === 'reconnecting' && p.state.nextRetryAt !== null)
    const took = await timed(() => p.stop())
    assert.ok(took < 5000, `${where}: ${took} ms`)
    assert.is(p.state.phase, 'stopped')
    assert.is(ended, 'complete')
    assert.is(server.connections.length, where === 'delay' ? 1 : 2)
  }
})

test('it gives up after giveUpAfter, with the error of the loss', async () => {
  let isLive = (): boolean => false
  await using server = await startRtmpServer(index =>
    index === 0 ? cut(() => isLive(), 'rst') : { kind: 'reject-connect' },
  )
  await using p = run(player(server.url()), { reconnect: { ...SOON, giveUpAfter: 1000 } })
  isLive = () => p.state.phase === 'live'
  let error: RxGstError | null = null
  p.frames$('pictures').subscribe({ next: frame => frame.close(), error: (reason: RxGstError) => (error = reason) })
  await p.start()
  await until(() => p.state.phase === 'failed')
  assert.is(error!.code, p.state.reason)
  assert.ok(server.connections.length >= 2)
})

test('with first, start() waits for a server that is not there yet', async () => {
  const port = await freePort()
  const url = `rtmp://127.0.0.1:${port}/live/test`
  assert.is((await failure(run(player(url), { reconnect: SOON }).start()))?.code, 'ERR_CONNECTION_REFUSED')
  await using p = run(player(url), { reconnect: { ...SOON, first: true } })
  const states = statesOf(p)
  const started = p.start()
  await until(() => states.filter(({ phase }) => phase === 'reconnecting').length > 3)
  await using _ = await startRtmpServer(() => live(), { port })
  await started
  assert.is(p.state.phase, 'live')
  assert.is(p.stats().reconnects, 0, 'a first connection is none')
})

test('sources of other networks, too', async () => {
  const port = await freePort()
  await using p = run(gst`tcpclientsrc host=127.0.0.1 port=${port} ! fakesink`, { reconnect: { ...SOON, first: true } })
  const states = statesOf(p)
  const started = p.start()
  await until(() => states.filter(({ phase }) => phase === 'reconnecting').length > 3)
  const server = createServer(socket => void socket.on('error', () => {}).write('some bytes'))
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await started
  assert.is(p.state.phase, 'live')
  await p.stop()
  server.close()
})

test('pushes wait in the gap, and the next server gets them from time 0 on', async () => {
  await using server = await startRtmpServer(index => ({
    kind: 'accept-publish',
    ...(index < 3 && { after: 20_000, then: 'rst' }),
  }))
  const [width, height] = [160, 90]
  const caps = `video/x-raw,format=RGB,width=${width},height=${height},framerate=${FPS}/1`
  await using p = run(
    gst`appsrc name=drawn format=time caps=${caps} ! videoconvert ! video/x-raw,format=I420 !
      x264enc tune=zerolatency key-int-max=10 bitrate=800 ! h264parse ! flvmux streamable=true !
      rxrtmpsink location=${server.url()} sync=false`,
    { reconnect: SOON },
  )
  await p.start()
  let taken = 0
  let drawing = true
  const draw = async (): Promise<void> => {
    for (let n = 0; drawing; n++) {
      const pixels = new Uint8Array(width * height * 3)
      for (let i = 0; i < pixels.length; i++) pixels[i] = (i * (n + 1)) % 251
      await p.push('drawn', pixels, { timestamp: n * 40_000 })
      taken++
    }
  }
  const drawn = draw()
  await until(() => p.stats().reconnects >= 3 && (server.connections[3]?.tags.length ?? 0) > 30, {
    what: () => `the fourth server: ${JSON.stringify([p.stats(), p.state])}`,
    timeout: 60_000,
  })
  drawing = false
  await drawn
  assert.is(p.stats().sources.drawn!.pushed, taken)
  for (const { tags } of server.connections.slice(0, 4)) {
    const pictures = tags.filter(tag => tag.type === 'video' && !tagInfo(tag).header)
    if (pictures.length === 0) continue
    assert.ok(pictures[0]!.timestamp < 200, `the first picture has ${pictures[0]!.timestamp} ms`)
    assert.is(tagInfo(pictures[0]!).keyframe, true)
  }
})

test.run()
