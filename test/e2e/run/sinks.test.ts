import { map, take } from 'rxjs'
import * as assert from 'uvu/assert'
import {
  caps,
  el,
  gst,
  pipeline,
  run,
  type AudioChunk,
  type Packet,
  type PixelFormat,
  type VideoFrame,
} from '../../../src/index'
import { meanColor, psnr } from '../../support/media/picture'
import { toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { codeOf, concat } from '../lib/served'
import { all, openLeases, over, running, shown } from '../lib/running'

const test = suite('run: what comes out of an appsink')

/** As many red pictures as asked for, in a format of GStreamer's. */
const red = (format: string, size: { width: number; height: number }, pictures = 3) =>
  pipeline(
    el('videotestsrc', { numBuffers: pictures, pattern: 'red' }),
    caps('video/x-raw', { format, ...size, framerate: '25/1', colorimetry: 'bt601' }),
    el('appsink', { name: 'out', sync: false }),
  )

for (const from of ['I420', 'NV12', 'RGB', 'BGRA', 'GRAY8', 'YUY2', 'I420_10LE', 'RGBx']) {
  test(`${from} becomes RGB, rows tight at odd sizes`, async () => {
    // videotestsrc leaves the last pixel of YUY2's odd rows undone.
    const width = from === 'YUY2' ? 66 : 67
    await running(red(from, { width, height: 45 }), async p => {
      const frames = all(p.frames$('out', { format: 'RGB' }).pipe(map(shown)))
      await p.start()
      const [first, ...rest] = await frames
      assert.is(rest.length, 2)
      assert.is(first!.data.length, width * 45 * 3)
      const mean = meanColor(first!.data, width, 45)
      const wanted = from === 'GRAY8' ? [76, 76, 76] : [255, 0, 0]
      for (const [index, value] of mean.entries()) assert.ok(Math.abs(value - wanted[index]!) < 4, `${from}: ${mean}`)
      // Every row, to its last pixel.
      for (let row = 1; row <= 45; row++)
        assert.ok(Math.abs(first!.data[row * width * 3 - 3]! - wanted[0]!) < 6, `row ${row}`)
    })
  })
}

test('without a format pictures come as they are, others as RGB', async () => {
  for (const [from, to] of [
    ['NV12', 'NV12'],
    ['GRAY8', 'GRAY8'],
    ['RGBA', 'RGBA'],
    ['YUY2', 'RGB'],
  ] as const) {
    await running(red(from, { width: 64, height: 48 }, 1), async p => {
      const frames = all(p.frames$('out').pipe(map(shown)))
      await p.start()
      assert.is((await frames)[0]!.format, to)
    })
  }
})

test('one sink in several formats at once, and each picture of a moving pattern the same', async () => {
  await running(
    gst`videotestsrc num-buffers=20 pattern=ball ! video/x-raw,format=I420,width=160,height=120,framerate=25/1 !
      appsink name=out sync=false`,
    async p => {
      const formats: PixelFormat[] = ['I420', 'RGB', 'RGBA', 'GRAY8']
      const [yuv, rgb, rgba, gray] = formats.map(format => all(p.frames$('out', { format }).pipe(map(shown))))
      await p.start()
      const pictures = await Promise.all([yuv!, rgb!, rgba!, gray!])
      assert.equal(
        pictures.map(list => list.length),
        [20, 20, 20, 20],
      )
      assert.equal(
        pictures[0]!.map(({ timestamp }) => timestamp),
        Array.from({ length: 20 }, (_, i) => i * 40_000),
      )
      for (let i = 0; i < 20; i++) {
        const opaque = pictures[2]![i]!.data.filter((_, at) => at % 4 !== 3)
        assert.ok(psnr(pictures[1]![i]!.data, opaque) > 45)
        assert.is(pictures[3]![i]!.data.length, 160 * 120)
      }
      assert.ok(psnr(pictures[1]![0]!.data, pictures[1]![19]!.data) < 30, 'the ball moves')
    },
  )
})

test('sound of any raw format is floats: the tone, the level, every sample', async () => {
  for (const format of ['S16LE', 'F32LE', 'S32LE', 'U8', 'F64LE', 'S24LE']) {
    await running(
      gst`audiotestsrc num-buffers=40 samplesperbuffer=1024 freq=1000 volume=0.5 !
        audio/x-raw,format=${format},rate=48000,channels=2 ! appsink name=out sync=false`,
      async p => {
        const chunks = all(p.audio$('out'))
        await p.start()
        const sound = await chunks
        const samples = concat(sound.map(({ samples }) => samples))
        assert.is(samples.length, 40 * 1024 * 2, format)
        const left = samples.filter((_, i) => i % 2 === 0)
        assert.ok(Math.abs(toneLevel(left, 48_000, 1000) - 0.5) < 0.02, `${format}: ${toneLevel(left, 48_000, 1000)}`)
        assert.is(sound[1]!.timestamp, Math.round((sound[0]!.samples.length / 2 / 48_000) * 1e6))
      },
    )
  }
})

test('encoded packets: keyframes, headers, times of decoding and showing, and one caps text', async () => {
  await running(
    gst`videotestsrc num-buffers=60 ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 !
      x264enc key-int-max=20 bframes=2 ! h264parse ! video/x-h264,stream-format=avc ! appsink name=out sync=false`,
    async p => {
      const coming = all(p.packets$('out'))
      await p.start()
      const packets = await coming
      assert.is(packets.length, 60)
      assert.equal(
        packets.flatMap(({ keyframe }, i) => (keyframe ? [i] : [])),
        [0, 20, 40],
      )
      assert.match(packets[0]!.caps, /^video\/x-h264.*codec_data=\(buffer\)01/)
      assert.equal([...new Set(packets.map(({ caps }) => caps))].length, 1)
      const shownAt = packets.map(({ timestamp }) => timestamp!)
      assert.equal(
        [...shownAt].sort((a, b) => a - b),
        Array.from({ length: 60 }, (_, i) => i * 40_000),
      )
      assert.not.equal(
        shownAt,
        [...shownAt].sort((a, b) => a - b),
        'B-frames come out of order',
      )
      for (let i = 1; i < 60; i++) assert.ok(packets[i]!.dts! > packets[i - 1]!.dts!)
      // Lengths and nothing behind them: the bytes are whole.
      for (const { data } of packets) {
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
        let at = 0
        while (at < data.length) at += 4 + view.getUint32(at)
        assert.is(at, data.length)
      }
    },
  )
})

test('the wrong kind is an error of the observable, once its caps are known, and says which call fits', async () => {
  const video = () => gst`videotestsrc ! video/x-raw,format=RGB ! appsink name=out`
  const wrong: [string, () => ReturnType<typeof gst>, (p: ReturnType<typeof run>) => ReturnType<typeof all>, RegExp][] =
    [
      ['sound of pictures', video, p => all(p.audio$('out')), /video\/x-raw.*frames\$/],
      ['packets of pictures', video, p => all(p.packets$('out')), /video\/x-raw.*frames\$/],
      [
        'pictures of sound',
        () => gst`audiotestsrc ! appsink name=out`,
        p => all(p.frames$('out')),
        /audio\/x-raw.*audio\$/,
      ],
      [
        'pictures of packets',
        () => gst`videotestsrc ! video/x-raw,width=64,height=48 ! jpegenc ! appsink name=out`,
        p => all(p.frames$('out')),
        /image\/jpeg.*packets\$/,
      ],
    ]
  for (const [what, graph, read, message] of wrong) {
    await running(graph(), async p => {
      const values = read(p)
      await p.start()
      const error = await values.then(
        () => null,
        (caught: Error) => caught,
      )
      assert.is(await codeOf(values), 'ERR_WRONG_MEDIA', what)
      assert.match(error!.message, message, what)
      assert.is(p.state.phase, 'live', 'the pipeline goes on')
    })
  }
})

test('what is no appsink, no element, or no format', async () => {
  await running(gst`videotestsrc ! fakesink name=out`, async p => {
    assert.is(await codeOf(all(p.frames$('out'))), 'ERR_WRONG_MEDIA')
    assert.is(await codeOf(all(p.packets$('oot'))), 'ERR_UNKNOWN_ELEMENT')
    assert.is(await codeOf(all(p.frames$('out', { format: 'YUY2' as PixelFormat }))), 'ERR_OPTION')
  })
})

const LIVE = () => gst`videotestsrc is-live=true ! video/x-raw,format=RGB,width=64,height=48,framerate=50/1 ! tee name=t
  t. ! queue ! appsink name=v  t. ! queue ! jpegenc ! appsink name=j
  audiotestsrc is-live=true samplesperbuffer=480 ! appsink name=a`

test('a subscriber that leaves in the middle of a value gets no other; its frame is the only one open', async () => {
  await running(LIVE(), async p => {
    await p.start()
    const before = openLeases()
    let [frames, packets, chunks] = [0, 0, 0]
    const held: VideoFrame[] = []
    p.frames$('v')
      .pipe(take(1))
      .subscribe(frame => void (frames++, held.push(frame)))
    p.packets$('j')
      .pipe(take(1))
      .subscribe(() => packets++)
    p.audio$('a')
      .pipe(take(1))
      .subscribe(() => chunks++)
    await until(() => frames && packets && chunks)
    const sequence = p.probe$('v.sink', 20).pipe(take(10))
    await all(sequence)
    assert.equal([frames, packets, chunks], [1, 1, 1])
    assert.is(openLeases(), before + 1)
    held[0]!.close()
    assert.is(openLeases(), before)
    // And who comes later gets what comes then.
    const again = await all(p.frames$('v').pipe(take(3), map(shown)))
    assert.ok(again[0]!.timestamp > 100_000)
    assert.is(openLeases(), before)
  })
})

test('stop() completes them all, an error errors them all, and those that come later too', async () => {
  const stopped = run(LIVE())
  const values = [
    all(stopped.frames$('v').pipe(map(shown))),
    all(stopped.packets$('j')),
    all(stopped.audio$('a')),
  ] as Promise<unknown[]>[]
  await stopped.start()
  await until(() => (stopped.stats().sinks.v?.received ?? 0) > 3)
  await stopped.stop()
  for (const list of await Promise.all(values)) assert.ok(list.length > 0)
  assert.equal(await all(stopped.frames$('v')), [])

  // identity breaks the stream after ten buffers.
  const failing = run(
    gst`videotestsrc is-live=true ! video/x-raw,format=RGB,width=64,height=48 ! identity error-after=10 !
      tee name=t t. ! queue ! appsink name=v t. ! queue ! jpegenc ! appsink name=j`,
  )
  const [frames, packets] = [all(failing.frames$('v').pipe(map(shown))), all(failing.packets$('j'))]
  await failing.start()
  assert.is(await codeOf(frames), 'ERR_PIPELINE')
  assert.is(await codeOf(packets), 'ERR_PIPELINE')
  assert.is(await codeOf(all(failing.audio$('j'))), 'ERR_PIPELINE')
  assert.is(failing.state.phase, 'failed')
  assert.is(failing.state.reason, 'ERR_PIPELINE')
  await failing.stop()
  assert.is(failing.state.phase, 'stopped')
  assert.is(openLeases(), 0)
})

test('two subscribers have a handle each', async () => {
  await running(red('RGB', { width: 64, height: 48 }, 5), async p => {
    const both = [all(p.frames$('out')), all(p.frames$('out'))]
    await p.start()
    const [a, b] = await Promise.all(both)
    assert.is(a!.length, 5)
    a!.forEach(frame => frame.close())
    assert.is(b![2]!.data.length, 64 * 48 * 3)
    b!.forEach(frame => frame.close())
    assert.is(openLeases(), 0)
  })
})

test('a slow program holds an appsink back; with drop=true it loses the oldest, counted', async () => {
  const busy = (until: () => boolean, ms: number) => {
    const end = performance.now() + ms
    while (!until() && performance.now() < end);
  }
  const graph = (drop: boolean) =>
    gst`videotestsrc num-buffers=100 ! video/x-raw,format=RGB,width=64,height=48 !
      appsink name=out sync=false max-buffers=4 drop=${drop}`
  await running(graph(false), async p => {
    let frames = 0
    const list = all(
      p.frames$('out').pipe(map(frame => void (frames++ === 0 && busy(() => false, 300), frame.close()))),
    )
    await p.start()
    assert.is((await list).length, 100)
  })
  await running(graph(true), async p => {
    const lost = (): boolean => (p.stats().sinks['out']?.dropped ?? 0) > 0
    const list = all(
      p.frames$('out').pipe(map((frame, index) => (index === 0 && busy(lost, 10_000), frame.close(), frame))),
    )
    await p.start()
    const frames = await list
    assert.ok(frames.length < 100)
    // Those before the first that this subscriber got are not counted with it, but have their number.
    assert.is(frames.reduce((sum, { droppedBefore }) => sum + droppedBefore, frames[0]!.sequence) + frames.length, 100)
  })
})

test('the counters stay after the end', async () => {
  await running(gst`videotestsrc num-buffers=20 ! appsink name=out sync=false`, async p => {
    const frames = all(p.frames$('out'))
    await p.start()
    for (const frame of await frames) frame.close()
    await over(p)
    assert.is(p.stats().sinks.out?.received, 20)
    await p.stop()
    assert.is(p.stats().sinks.out?.received, 20)
  })
})

test('the counters go on when all readers have left and others come', async () => {
  const graph = gst`videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=100/1 ! tee name=t
    t. ! queue ! appsink name=pictures sync=false
    t. ! queue ! jpegenc ! appsink name=packets sync=false
    audiotestsrc is-live=true ! appsink name=sound sync=false`
  await running(graph, async p => {
    await p.start()
    const close = map((value: object) => 'close' in value && (value as VideoFrame).close())
    const readers = {
      pictures: p.frames$('pictures').pipe(close),
      packets: p.packets$('packets').pipe(close),
      sound: p.audio$('sound').pipe(close),
    }
    for (const [name, values$] of Object.entries(readers)) {
      const received = (): number => p.stats().sinks[name]?.received ?? 0
      await all(values$.pipe(take(5)))
      const left = received()
      assert.ok(left >= 5, `${name}: ${left}`)
      await all(values$.pipe(take(1)))
      assert.ok(received() > left, `${name}: ${received()} after ${left}`)
      assert.is(p.stats().sinks[name]?.queued, 0, name)
    }
    await p.stop()
    assert.equal(Object.keys(p.stats().sinks).sort(), ['packets', 'pictures', 'sound'])
  })
})

test('nobody subscribed: nothing piles up, and the end comes', async () => {
  await running(
    gst`videotestsrc num-buffers=200 ! video/x-raw,width=320,height=240 ! appsink name=out sync=false`,
    async p => {
      await p.start()
      await over(p)
      assert.equal(p.stats().sinks, {})
      const late: AudioChunk[] | Packet[] = await all(p.packets$('out'))
      assert.is(late.length, 0)
    },
  )
})

test.run()
