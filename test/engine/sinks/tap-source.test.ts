// The way of a picture from a tap to the hub: what wakes JavaScript, what it is told, and what it need not ask.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { native } from '../../../src/addon/binding'
import { CHANGE } from '../../../src/addon/js'
import { FRAME_FIELDS, AUDIO_FIELDS, type VideoTapOptions } from '../../../src/addon/tap'
import { PIXEL_FORMATS } from '../../../src/core/pixel-format'
import { Runner } from '../../../src/engine/runner'
import { TapSource } from '../../../src/engine/sinks/tap-source'
import { gst } from '../../../src/index'
import type { Picture } from '../../../src/core/frame'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

const test = suite('tap source')

const OPTIONS: Omit<VideoTapOptions, 'capacity'> = {
  format: null,
  width: 0,
  height: 0,
  fpsN: 0,
  fpsD: 1,
  policy: 'block',
}

/** A graph with an appsink `out`, and a source that reads it. */
async function reading(
  graph: ReturnType<typeof gst>,
  events: { onChange?(changes: number): void; onEnded?(): void },
  use: (given: { source: TapSource; runner: Runner }) => Promise<void>,
): Promise<void> {
  const quiet = (): void => {}
  const runner = new Runner(graph, {
    secrets: [],
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: quiet,
  })
  const source = new TapSource({ onChange: quiet, ...events }, () => true)
  try {
    await use({ source, runner })
  } finally {
    source.close()
    await runner.stop()
  }
}

function video({ source, runner }: { source: TapSource; runner: Runner }, capacity: number) {
  const timeline = new (native().Timeline)()
  timeline.startAt(0)
  const account = new (native().FrameAccount)(2 ** 28)
  return source.openVideo(runner.element('out'), timeline, { ...OPTIONS, capacity }, account)
}

function done({ lease }: Picture): void {
  lease.retain()
  lease.release()
}

test('the tables of both languages are equal', () => {
  const { changeBits, frameFields, audioFields, pixelFormats } = native()
  assert.equal(changeBits, { ...CHANGE })
  assert.equal(frameFields, [...FRAME_FIELDS])
  assert.equal(audioFields, [...AUDIO_FIELDS])
  assert.equal(pixelFormats, [...PIXEL_FORMATS])
})

test('another kind of picture is told before the first of it, and the end behind the last', async () => {
  const log: string[] = []
  let size = (): string => ''
  const graph = gst`
    concat name=all ! appsink name=out sync=false
    videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=64,height=48 ! all.
    videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=80,height=60 ! all.`
  const events = {
    onChange: (changes: number) => void (changes & CHANGE.info && log.push(`info ${size()}`)),
    onEnded: () => void log.push('ended'),
  }
  await reading(graph, events, async given => {
    const tap = video(given, 1)
    size = () => `${tap.stats().width}x${tap.stats().height}`
    given.source.listen(() => {
      for (const picture of given.source.readPictures(100)) {
        log.push(`frame ${picture.width}x${picture.height}`)
        done(picture)
      }
    })
    await given.runner.setState('PLAYING')
    await until(() => log.includes('ended'), { what: () => log.join() })
  })
  const frames = log.filter(line => line.startsWith('frame'))
  assert.equal(frames, [...Array(5).fill('frame 64x48'), ...Array(5).fill('frame 80x60')])
  assert.equal(
    log.filter(line => line.startsWith('info')),
    ['info 64x48', 'info 80x60'],
  )
  for (const kind of ['64x48', '80x60']) assert.ok(log.indexOf(`info ${kind}`) < log.indexOf(`frame ${kind}`), kind)
  assert.is(log.at(-1), 'ended')
})

test('what nobody takes wakes nobody; who comes gets it', async () => {
  let [own, media] = [0, 0]
  const graph = gst`
    audiotestsrc is-live=true samplesperbuffer=441 ! audio/x-raw,rate=44100 ! appsink name=out sync=false`
  await reading(graph, { onChange: () => own++ }, async ({ source, runner }) => {
    const timeline = new (native().Timeline)()
    timeline.startAt(0)
    const tap = source.openAudio(runner.element('out'), timeline)
    source.listen(() => media++)
    source.setWanted(true, false)
    await runner.setState('PLAYING')
    await until(() => own > 0 && tap.stats().queued > 4410)
    // That there is sound, and in which format, is news once.
    assert.equal([own, media <= 1], [1, true])
    source.setWanted(true, true)
    const before = media
    assert.is(source.audioWaits, true)
    const pieces = source.readAudio()
    // What came during a read of many pieces waits for the next.
    for (let reads = 0; source.audioWaits && reads < 5; reads++) pieces.push(...source.readAudio())
    assert.is(source.audioWaits, false)
    assert.ok(pieces.length >= 10)
    pieces.forEach(({ samples, position, rate }, i) => {
      assert.equal([samples.length > 0, rate], [true, 44100])
      const before = pieces[i - 1]
      if (before) assert.is(position, before.position + before.samples.length / before.channels)
    })
    await until(() => media > before)
    assert.is(own, 1)
  })
})

test('a full queue that is refilled while it is read gives no more than it held', async () => {
  const graph = gst`
    audiotestsrc samplesperbuffer=32 wave=silence ! audio/x-raw,rate=44100,channels=1 ! appsink name=out sync=false`
  await reading(graph, {}, async ({ source, runner }) => {
    const timeline = new (native().Timeline)()
    timeline.startAt(0)
    const tap = source.openAudio(runner.element('out'), timeline)
    tap.setBlock(true)
    await runner.setState('PLAYING')
    for (let round = 0, next = 0; round < 10; round++) {
      await until(() => tap.stats().queued >= 10 * 44_100)
      const pieces = source.readAudio()
      const seconds = pieces.reduce((sum, { samples }) => sum + samples.length, 0) / 44_100
      assert.ok(seconds >= 9.9 && seconds < 10.01, `${seconds} s`)
      assert.is(pieces[0]!.position, next)
      next += pieces.length * 32
      // At once, or when the streaming thread has its turn.
      await until(() => source.audioWaits)
    }
  })
})

test('all that waits is read in order, and then it is known that nothing does', async () => {
  let ended = false
  const graph = gst`
    videotestsrc num-buffers=80 ! video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1
      ! appsink name=out sync=false`
  await reading(graph, { onEnded: () => void (ended = true) }, async given => {
    const { source, runner } = given
    video(given, 100)
    await runner.setState('PLAYING')
    await until(() => ended)
    const first = source.readPictures(10)
    assert.equal([first.length, source.picturesWait], [10, true])
    const rest = source.readPictures(1000)
    assert.equal([rest.length, source.picturesWait], [70, false])
    const all = [...first, ...rest]
    assert.equal(
      all.map(({ timestamp }) => timestamp),
      all.map((_, i) => i * 40_000),
    )
    for (const { width, height, format, duration, pixelAspectRatio } of all)
      assert.equal([width, height, format, duration, pixelAspectRatio], [16, 16, 'GRAY8', 40_000, { n: 1, d: 1 }])
    all.forEach(done)
    assert.is(native().framePool().leases, 0)
  })
})

test('a reader that goes on without the event loop gets the rest, and the end after it', async () => {
  const seen: string[] = []
  let ended = false
  const graph = gst`
    videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=64,height=48 ! appsink name=out sync=false`
  const events = {
    onChange: (changes: number) => void (changes & CHANGE.info && seen.push('info')),
    onEnded: () => void (seen.push('ended'), (ended = true)),
  }
  await reading(graph, events, async given => {
    const tap = video(given, 10)
    void given.runner.setState('PLAYING')
    const deadline = performance.now() + 20_000
    while (!tap.stats().ended && performance.now() < deadline) tap.wait(1)
    // Blocked until here, so that no wake-up has come.
    for (let taken = 0; taken < 3; ) {
      const pictures = given.source.readPictures(1)
      taken += pictures.length
      for (const picture of pictures) {
        seen.push('frame')
        done(picture)
      }
    }
    assert.equal(seen, ['info', 'frame', 'frame', 'frame'])
    await until(() => ended)
    assert.is(seen.at(-1), 'ended')
  })
})

test('a blocked event loop gets changes by wait() and poll()', async () => {
  let media = 0
  const graph = gst`
    videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48 ! appsink name=out sync=false`
  await reading(graph, {}, async given => {
    const { source, runner } = given
    video(given, 2)
    source.listen(() => media++)
    await runner.setState('PLAYING')
    const deadline = performance.now() + 20_000
    // Two that come at once are told of once.
    for (let taken = 0; (taken < 3 || media < 2) && performance.now() < deadline; ) {
      source.wait(100, 'picture')
      const pictures = source.readPictures(1)
      taken += pictures.length
      pictures.forEach(done)
    }
    assert.ok(media >= 2, `${media} times`)
  })
})

test('a tap that cannot be made, since its pipeline is closed, leaves nothing that keeps the process alive', () => {
  const script = `
    const [{ Runner }, { TapSource }, { PacketStream }, { gst }, { native }] = ${JSON.stringify([
      'engine/runner',
      'engine/sinks/tap-source',
      'engine/sinks/sink-stream',
      'index',
      'addon/binding',
    ])}.map(file => require(${JSON.stringify(`${join(__dirname, '../../../src')}/`)} + file))
    const quiet = () => {}
    const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }
    const graph = gst\`videotestsrc ! appsink name=out\`
    const runner = new Runner(graph, { secrets: [], logger, wasLive: () => true, onError: quiet, onEos: quiet })
    const out = runner.element('out')
    const failed = []
    const attempt = make => {
      try {
        make()
      } catch (error) {
        failed.push(error.message)
      }
    }
    void runner.stop().then(() => {
      const source = new TapSource({ onChange: quiet }, () => true)
      attempt(() => source.openAudio(out, new (native().Timeline)()))
      const stream = new PacketStream({ name: 'out', props: {} })
      stream.values$.subscribe({ error: quiet })
      attempt(() => stream.open(out))
      console.log(JSON.stringify(failed))
    })`
  const text = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 })
  const closed = "the element's pipeline is closed"
  assert.equal(JSON.parse(text), [closed, closed])
})

test.run()
